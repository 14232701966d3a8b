namespace Gyre;

/// <summary>Lets timers that come thick share the wake-ups of the loop.</summary>
/// <remarks>
/// <para>Loop thread only. A hundred thousand sleepers within a second are a timer every 10 µs, and a wake-up costs as much.
/// After <see cref="WakesMax"/> waits that a timer has ended within a millisecond, the next wait lasts to the end of
/// that millisecond. So timers that are few are on time, and of many none is later than a millisecond, which is what all
/// timers of asyncio are on Linux.</para>
/// <para>I/O and other threads end a wait as ever, and then the timers that are due run, too.</para>
/// </remarks>
internal sealed class TimerPacing(TimeProvider clock)
{
    /// <summary>How many wake-ups of a millisecond are as exact as the machine can be.</summary>
    internal const int WakesMax = 2;

    private const long WindowNanoseconds = 1_000_000;

    private long _windowBegin = long.MinValue;
    private int _wakes;

    /// <summary>How long a wait for a timer is to be.</summary>
    /// <param name="now">A timestamp of the clock.</param>
    /// <param name="timeoutNanoseconds">The time to the timer, above 0.</param>
    public long Lengthen(long now, long timeoutNanoseconds)
    {
        long passed = _windowBegin == long.MinValue
            ? WindowNanoseconds
            : clock.GetElapsedTime(_windowBegin, now).Ticks * TimeSpan.NanosecondsPerTick;
        if (passed >= WindowNanoseconds)
        {
            _windowBegin = now;
            _wakes = 0;
            return timeoutNanoseconds;
        }

        return _wakes < WakesMax ? timeoutNanoseconds : Math.Max(timeoutNanoseconds, WindowNanoseconds - passed);
    }

    /// <summary>A wait has ended because of a timer.</summary>
    public void OnTimerWake() => _wakes++;
}
