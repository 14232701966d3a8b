using System.Diagnostics;

namespace Gyre;

// A read into the caller's memory that has to wait lends that memory to the transport: bytes are received where
// they are wanted, and the task that waits goes on in the turn in which they came.
//
// Invariant: _waitingRead is set only while that read waits (_wait is its future) and nothing is buffered.
public sealed partial class LoopStreamReader
{
    private ReadBox? _freeRead;
    private ReadBox? _waitingRead;

    /// <summary>The memory of a read that waits, and can go on within the turn in which bytes come. Else
    /// empty.</summary>
    // Where it could not, a cancellation may come before it goes on: then it must have removed nothing (G-139).
    internal Memory<byte> WantedInput =>
        _waitingRead is { } read && _wait!.CanReleaseInTurn ? read.Buffer : default;

    /// <summary>Bytes are in <see cref="WantedInput"/>. The last call of a turn.</summary>
    internal void OnWantedInput(int count)
    {
        Debug.Assert(_buffer.Count == 0, "Bytes that came before are read before.");
        _waitingRead!.Received = count;
        _wait!.ReleaseInTurn();
    }

    /// <summary>Bytes arrived elsewhere. The last call of a turn.</summary>
    internal void OnInput(ReadOnlySpan<byte> data)
    {
        Append(data);
        _wait?.ReleaseInTurn();
    }

    /// <summary>The reader's own box, if no other read has it.</summary>
    private ReadBox RentRead()
    {
        ReadBox read = _freeRead ?? new ReadBox(this);
        _freeRead = null;
        return read;
    }

    /// <summary>A call of <see cref="ReadAsync(Memory{byte})"/>: a coroutine that is written by hand, because one
    /// that waits needs no other coroutine inside it, and one call after another can use the same.</summary>
    private sealed class ReadBox(LoopStreamReader reader) : CoroutineBox<int>
    {
        private WaitFuture? _wait;

        public override string Name => nameof(ReadAsync);

        public override string DeclaredIn => nameof(LoopStreamReader);

        public Memory<byte> Buffer { get; private set; }

        /// <summary>How many bytes were received into the buffer while the read waited.</summary>
        public int Received { get; set; }

        public Coroutine<int> Begin(Memory<byte> buffer)
        {
            Buffer = buffer;
            MarkCreated();
            return new Coroutine<int>(this, Version);
        }

        public override void MoveNext()
        {
            try
            {
                if (_wait is not null)
                {
                    EndWait();
                }

                int count = Received;
                if (count > 0 || TryRead(out count))
                {
                    Complete(count);
                }
                else
                {
                    Wait();
                }
            }
            catch (Exception e)
            {
                Fail(e);
            }
        }

        private protected override void ReturnToPool()
        {
            Buffer = default;
            Received = 0;
            if (reader._eof || reader._freeRead is not null || EventLoop.AnyDebug)
            {
                // Not needed any more.
                GC.SuppressFinalize(this);
                return;
            }

            reader._freeRead = this;
        }

        private bool TryRead(out int count)
        {
            if (!Buffer.IsEmpty)
            {
                return reader.TryRead(Buffer.Span, out count);
            }

            reader.ThrowIfFailed();
            count = 0;
            return true;
        }

        private void Wait()
        {
            WaitFuture wait = reader.RentWait();
            FutureAwaiting.MustWait(wait);
            reader.BeginWait(wait);
            reader._waitingRead = this;
            _wait = wait;
            FutureAwaiting.Suspend(wait, this);
        }

        private void EndWait()
        {
            WaitFuture wait = _wait!;
            _wait = null;
            reader._waitingRead = null;
            reader.EndWait();
            wait.GetAwaiter().GetResult();
        }
    }
}
