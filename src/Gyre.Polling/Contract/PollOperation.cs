namespace Gyre.Polling;

/// <summary>Something that became ready and waits in the loop's queue for its turn.</summary>
public abstract class PollOperation
{
    /// <summary>Carries the operation on and tells its sink the outcome.</summary>
    /// <remarks>Owner thread only, once for each <see cref="IReadyQueue.Enqueue"/>. Does a bounded amount
    /// of work (one buffer of input, say); when more is there, the operation becomes ready again in the next
    /// <see cref="Poller.Poll"/>. Does nothing when the operation was stopped, or its socket closed,
    /// since it became ready. Exceptions of the sink leave through this call, and the operation goes on as if
    /// the sink had returned.</remarks>
    public abstract void Execute();
}
