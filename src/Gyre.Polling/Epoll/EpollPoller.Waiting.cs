namespace Gyre.Polling;

internal sealed partial class EpollPoller
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>The milliseconds to wait for, rounded up: a wait that ends early would have the loop spin
    /// until its timer is due.</summary>
    internal static int ToMilliseconds(long nanoseconds)
    {
        if (nanoseconds <= 0)
        {
            return nanoseconds == 0 ? 0 : -1;
        }

        long milliseconds = ((nanoseconds - 1) / NanosecondsPerMillisecond) + 1;
        return (int)Math.Min(milliseconds, int.MaxValue);
    }

    private unsafe int Wait(byte* events, long nanoseconds)
    {
        // SAFETY: the caller gives room for EventsMax events; the timeout is a local.
        if (nanoseconds <= 0 || !_waitsInNanoseconds)
        {
            return Libc.EpollWait(_epollDescriptor, events, EventsMax, ToMilliseconds(nanoseconds));
        }

        var timeout = KernelTimespec.FromNanoseconds(nanoseconds);
        return Libc.EpollWait2(_epollDescriptor, events, EventsMax, &timeout);
    }

    /// <summary>Asks the kernel whether it has the finer wait. Old ones say ENOSYS, and so do, or EPERM, the
    /// filters of some containers.</summary>
    private unsafe bool HasNanosecondWait()
    {
        // SAFETY: room for one event, and the kernel is asked for one at the most.
        byte* entry = stackalloc byte[EpollEvents.MaxSize];
        KernelTimespec none = default;
        return Libc.EpollWait2(_epollDescriptor, entry, 1, &none) >= 0;
    }
}
