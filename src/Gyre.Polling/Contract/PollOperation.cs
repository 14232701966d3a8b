namespace Gyre.Polling;

/// <summary>Something that became ready and waits in the loop's queue for its turn.</summary>
public abstract class PollOperation
{
    /// <summary>Carries the operation on and tells its sink the outcome.</summary>
    /// <remarks>Owner thread only. Does nothing when the operation was stopped, or its socket closed, since it
    /// became ready. Exceptions of the sink leave through this call.</remarks>
    public abstract void Execute();
}
