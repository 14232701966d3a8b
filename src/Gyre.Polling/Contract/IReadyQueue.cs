namespace Gyre.Polling;

/// <summary>Where a <see cref="Poller"/> puts the operations that became ready.</summary>
public interface IReadyQueue
{
    /// <summary>Takes an operation whose <see cref="PollOperation.Execute"/> is to be called soon, once.</summary>
    void Enqueue(PollOperation operation);
}
