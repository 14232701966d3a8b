namespace Gyre.Polling;

/// <summary>Timeouts, for waits that are coarser than a nanosecond.</summary>
internal static class Timeouts
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>The milliseconds to wait for, rounded up: a wait that ends early would have the loop spin
    /// until its timer is due.</summary>
    /// <param name="nanoseconds">0 looks, -1 waits for ever, as in <see cref="Poller.Poll"/>.</param>
    public static int ToMilliseconds(long nanoseconds)
    {
        if (nanoseconds <= 0)
        {
            return nanoseconds == 0 ? 0 : -1;
        }

        long milliseconds = ((nanoseconds - 1) / NanosecondsPerMillisecond) + 1;
        return (int)Math.Min(milliseconds, int.MaxValue);
    }
}
