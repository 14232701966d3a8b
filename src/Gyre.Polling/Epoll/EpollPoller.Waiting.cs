namespace Gyre.Polling;

internal sealed partial class EpollPoller
{
    private unsafe int Wait(byte* events, long nanoseconds)
    {
        // SAFETY: the caller gives room for EventsMax events; the timeout is a local.
        if (nanoseconds <= 0 || !WaitsInNanoseconds)
        {
            return Libc.EpollWait(_epollDescriptor, events, EventsMax, Timeouts.ToMilliseconds(nanoseconds));
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
