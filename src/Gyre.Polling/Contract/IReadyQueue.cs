namespace Gyre.Polling;

/// <summary>Where a <see cref="Poller"/> puts the operations that became ready.</summary>
public interface IReadyQueue
{
    /// <summary>Takes an operation whose <see cref="PollOperation.Execute"/> is to be called soon,
    /// once.</summary>
    /// <param name="operation">It is not handed over again before it was executed.</param>
    /// <remarks>Called from inside <see cref="Poller.Poll"/>, on its thread. Must not call the
    /// poller.</remarks>
    void Enqueue(PollOperation operation);
}
