namespace Gyre.Polling;

/// <summary>One direction of a socket, as it stands in the loop's queue.</summary>
internal abstract class EpollOperation : PollOperation
{
    protected EpollOperation(EpollSocket socket) => Socket = socket;

    /// <summary>Whether it stands in a queue, the loop's or the poller's. It never stands in two, or twice in
    /// one.</summary>
    public bool IsQueued { get; set; }

    protected EpollSocket Socket { get; }
}
