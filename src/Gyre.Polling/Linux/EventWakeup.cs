namespace Gyre.Polling;

/// <summary>What other threads may touch of a poller of Linux: the way to end its wait.</summary>
/// <remarks>
/// <code>
///            ┌──────────────── EndPoll ───────────────┐
///            ▼                                        │
///         Running ──TryBeginWait──▶ Waiting ──Wake──▶ Woken   (this Wake writes to the eventfd)
///            └───────────────Wake───────────────────▶ Woken   (nobody waits: nothing to write)
/// </code>
/// Only the owner leaves Running for Waiting, and only it returns to Running. In the state Woken further
/// wakes do nothing, and the owner does not wait. That loses nothing, because the owner looks at its shared
/// queues after EndPoll: whoever found Woken had put its item there before.
/// </remarks>
internal sealed class EventWakeup : IDisposable
{
    private const int Running = 0;
    private const int Waiting = 1;
    private const int Woken = 2;

    private readonly DescriptorHandle _event;
    private int _state;

    public EventWakeup(DescriptorHandle eventDescriptor) => _event = eventDescriptor;

    /// <summary>The eventfd.</summary>
    /// <remarks>Each write to it is an edge for epoll, and a completion of io_uring's poll, so it is never
    /// read: its counter would overflow only after 2^64 wakes.</remarks>
    public int Descriptor => (int)_event.DangerousGetHandle();

    /// <summary>Says that the owner is about to wait. False when a wake came first: then it must
    /// not.</summary>
    /// <remarks>Owner only.</remarks>
    // Pairs with the exchange in Wake: either it sees Waiting and writes, or this sees Woken and does not
    // wait.
    public bool TryBeginWait() => Interlocked.CompareExchange(ref _state, Waiting, Running) == Running;

    /// <summary>Forgets the wakes so far. The owner looks at its shared queues after this.</summary>
    /// <remarks>Owner only.</remarks>
    public void EndPoll()
    {
        if (_state != Running)
        {
            // Pairs with the exchange in Wake: the reads of the owner's queues that follow see all that a
            // thread wrote before a Wake which this exchange overwrites. A plain store could be overtaken by
            // these reads.
            Interlocked.Exchange(ref _state, Running);
        }
    }

    /// <summary>Ends the owner's wait, or keeps it from waiting the next time.</summary>
    /// <remarks>Any thread.</remarks>
    public void Wake()
    {
        // Pairs with TryBeginWait and EndPoll. Always a full exchange, even when the state is Woken already:
        // a mere read could pass the caller's own write to a queue, and both sides would believe that the
        // other one sees it.
        if (Interlocked.Exchange(ref _state, Woken) != Waiting)
        {
            return;
        }

        try
        {
            _ = Libc.WriteEvent(_event);
        }
        catch (ObjectDisposedException)
        {
            // The poller was disposed after this thread saw it waiting. There is nobody left to wake.
        }
    }

    public void Dispose() => _event.Dispose();
}
