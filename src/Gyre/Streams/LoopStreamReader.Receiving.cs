using System.Diagnostics;

namespace Gyre;

// A read into the caller's memory that has to wait lends that memory to the transport: bytes are received where
// they are wanted, and the task that waits goes on in the turn in which they came.
//
// Invariant: _taker is set only while that read waits (_wait is its future) and nothing is buffered.
public sealed partial class LoopStreamReader
{
    private ReadBox? _freeRead;
    private IInputTaker? _taker;

    /// <summary>The memory of a read that waits, and can go on within the turn in which bytes come. Else
    /// empty.</summary>
    internal Memory<byte> WantedInput => _taker is { } taker ? taker.Room : default;

    /// <summary>Reads what the next input will touch: this, the writer, and the task that waits.</summary>
    internal int LoadAhead() =>
        _buffer.Count + (Writer?.Protocol is null ? 1 : 0) + (_wait is { } wait ? wait.LoadAhead() : 0);

    /// <summary>Bytes are in <see cref="WantedInput"/>. The last call of a turn.</summary>
    internal void OnWantedInput(int count)
    {
        Debug.Assert(_buffer.Count == 0, "Bytes that came before are read before.");
        _taker!.Take(count);
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
    private sealed class ReadBox(LoopStreamReader reader) : CoroutineBox<int>, IInputTaker
    {
        private Memory<byte> _buffer;
        private WaitFuture? _wait;
        private int _received;

        public override string Name => nameof(ReadAsync);

        public override string DeclaredIn => nameof(LoopStreamReader);

        // Without a wait there are no more of these in a row than bytes were buffered.
        public override bool HasFilledMemory => true;

        public Memory<byte> Room => _wait!.CanReleaseInTurn ? _buffer : default;

        public Coroutine<int> Begin(Memory<byte> buffer)
        {
            _buffer = buffer;
            MarkCreated();
            return new Coroutine<int>(this, Version);
        }

        public void Take(int count)
        {
            _received = count;
            _wait!.ReleaseInTurn();
        }

        public override void MoveNext()
        {
            try
            {
                if (_wait is not null)
                {
                    EndWait();
                }

                int count = _received;
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
            _buffer = default;
            _received = 0;
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
            if (!_buffer.IsEmpty)
            {
                return reader.TryRead(_buffer.Span, out count);
            }

            reader.ThrowIfFailed();
            count = 0;
            return true;
        }

        private void Wait()
        {
            WaitFuture wait = reader.RentWait();
            FutureAwaiting.MustWait(wait);
            reader.BeginWait(wait, this);
            _wait = wait;
            FutureAwaiting.Suspend(wait, this);
        }

        private void EndWait()
        {
            WaitFuture wait = _wait!;
            _wait = null;
            reader.EndWait();
            wait.GetAwaiter().GetResult();
        }
    }
}
