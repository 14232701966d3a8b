namespace Gyre.Polling;

/// <summary>An operation that knows whether it stands in a queue.</summary>
internal abstract class QueuedOperation : PollOperation
{
    /// <summary>Whether it stands in a queue, the loop's or the poller's. It never stands in two, or twice in
    /// one. <see cref="PollOperation.Execute"/> takes it back first of all.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Puts the operation in the loop's queue, unless it stands there already.</summary>
    public void EnqueueOnce(IReadyQueue ready)
    {
        if (!IsQueued)
        {
            IsQueued = true;
            ready.Enqueue(this);
        }
    }
}
