using System.Diagnostics;

namespace Gyre.Polling;

/// <summary>What a poller keeps of its operations: how many are under way, and which can go on by themselves.
/// </summary>
/// <remarks>
/// An operation can go on by itself when the system need not be asked whether it is ready: input may be left
/// from before, a send has not been tried yet. It waits here for the next poll instead of going on at once,
/// so that one busy socket does not keep the others waiting, and no sink is called inside the call that
/// starts it.
/// </remarks>
internal sealed class OperationLedger : IReadyQueue
{
    private QueuedOperation[] _again = new QueuedOperation[16];
    private int _againCount;
    private int _armed;

    /// <summary>Whether an operation is under way: started, and neither ended nor stopped.</summary>
    public bool HasOperations => _armed != 0;

    /// <summary>Whether an operation waits here, so that a poll must not wait for another one.</summary>
    public bool HasReady => _againCount != 0;

    /// <summary>Who has which descriptor.</summary>
    public DescriptorTable Descriptors { get; } = new();

    /// <summary>An operation was started.</summary>
    public void OnArmed() => _armed++;

    /// <summary>An operation ended or was stopped.</summary>
    public void OnDisarmed()
    {
        Debug.Assert(_armed > 0, "Each start is ended once.");
        _armed--;
    }

    /// <summary>Has the next poll hand an operation over, whatever the system says.</summary>
    public void ExecuteAgain(QueuedOperation operation)
    {
        if (operation.IsQueued)
        {
            return;
        }

        operation.IsQueued = true;
        Append(operation);
    }

    /// <summary>Takes an operation that became ready outside of a poll. The next one hands it over.</summary>
    void IReadyQueue.Enqueue(PollOperation operation) => Append((QueuedOperation)operation);

    /// <summary>Asks a sink for its buffer. When that throws, the operation comes again: what there is to receive is
    /// still there, and the system will not say so twice.</summary>
    public Span<byte> GetBuffer(IBufferedReceiveSink sink, QueuedOperation operation)
    {
        try
        {
            Span<byte> buffer = sink.GetReceiveBuffer(-1).Span;
            if (buffer.IsEmpty)
            {
                throw new InvalidOperationException(
                    "GetReceiveBuffer returned an empty buffer. Return one byte at least, or stop receiving before.");
            }

            return buffer;
        }
        catch
        {
            ExecuteAgain(operation);
            throw;
        }
    }

    /// <summary>Hands over what waits here, first in, first out.</summary>
    public void HandOver(IReadyQueue ready)
    {
        for (int i = 0; i < _againCount; i++)
        {
            ready.Enqueue(_again[i]);
        }

        Array.Clear(_again, 0, _againCount);
        _againCount = 0;
    }

    private void Append(QueuedOperation operation)
    {
        if (_againCount == _again.Length)
        {
            Array.Resize(ref _again, _againCount * 2);
        }

        _again[_againCount++] = operation;
    }
}
