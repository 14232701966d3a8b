using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>The transport over the writing end of a pipe.</summary>
// Invariant: a write is under way only while _output is not empty, and it is a write of _output.First.
internal sealed class WritePipeTransport(EventLoop loop, PollPipe pipe, Protocol protocol, WaitFuture opened)
    : PipeTransport(loop, pipe, protocol, opened), ISendSink, IHangUpSink
{
    /// <summary>How many segments are written in one turn. The rest comes with the next one.</summary>
    private const int SegmentsPerTurnMax = 8;

    /// <summary>From this many writes into a lost pipe on, somebody does not look whether it is lost.</summary>
    private const int LostWritesMax = 5;

    private readonly OutputQueue _output = new(SegmentPool.Of(loop));
    private WriteFlow _flow = new();
    private bool _writing;
    private int _lostWrites;

    public override bool IsReading => false;

    public override bool CanWriteEof => true;

    public override long WriteBufferSize => _output.Length;

    public override (int Low, int High) WriteBufferLimits => (_flow.Low, _flow.High);

    internal override bool IsInputEnded => true;

    internal override bool IsWritingPaused => _flow.IsPaused;

    public override void PauseReading() => throw OnlyWrites();

    public override void ResumeReading() => throw OnlyWrites();

    public override void SetWriteBufferLimits(int? high = null, int? low = null)
    {
        Loop.AssertOnLoop();
        _flow.SetLimits(high, low);
        OnOutputGrown();
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        Loop.AssertOnLoop();
        if (data.IsEmpty || !CanWrite())
        {
            return;
        }

        if (_output.Length == 0)
        {
            int count = PollPipe.TryWrite(data, out SocketError error);
            if (count == data.Length)
            {
                return;
            }

            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                Lose(Error(error));
                return;
            }

            data = data[count..];
        }

        _output.Append(data);
        StartWriting();
        OnOutputGrown();
    }

    public override void WriteLines(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        Loop.AssertOnLoop();
        if (!CanWrite())
        {
            return;
        }

        try
        {
            foreach (ReadOnlyMemory<byte> piece in pieces)
            {
                _output.Append(piece.Span);
            }
        }
        finally
        {
            // Also when the caller's enumeration throws: what is in the output must be on its way.
            if (!_writing)
            {
                WriteWhatFits();
            }

            OnOutputGrown();
        }
    }

    /// <summary>The end of a pipe is its close.</summary>
    public override void WriteEof() => Close();

    public override void Close()
    {
        Loop.AssertOnLoop();
        if (IsClosing)
        {
            return;
        }

        State = PipeState.Flushing;
        if (_output.Length == 0)
        {
            Lose(null);
        }
    }

    public override void Abort()
    {
        Loop.AssertOnLoop();
        Lose(null);
    }

    void ISendSink.OnSent(int count, SocketError error)
    {
        _writing = false;
        if (State >= PipeState.Losing)
        {
            return;
        }

        if (error != SocketError.Success)
        {
            Lose(Error(error));
            return;
        }

        _output.Advance(count);
        WriteWhatFits();
        OnOutputShrunk();
    }

    void IHangUpSink.OnHungUp() => Lose(_output.Length > 0 ? Error(SocketError.Shutdown) : null);

    public override string ToString() => $"write pipe ({State}, {_output.Length} bytes unsent)";

    protected override void OnOpened()
    {
        try
        {
            PollPipe.WatchHangUp(this);
        }
        catch (SocketException e)
        {
            Lose(Error(e.SocketErrorCode));
        }
    }

    protected override bool Stop()
    {
        bool lost = _output.Length > 0;
        _output.Clear(firstIsLent: _writing);
        return lost;
    }

    private static NotSupportedException OnlyWrites() =>
        new("This transport is the writing end of a pipe. Read from the other end.");

    /// <summary>Writes until the system is full, the output is empty, or this turn is over; then waits for more
    /// room.</summary>
    private void WriteWhatFits()
    {
        for (int i = 0; i < SegmentsPerTurnMax && _output.Length > 0; i++)
        {
            ReadOnlyMemory<byte> first = _output.First;
            int count = PollPipe.TryWrite(first.Span, out SocketError error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                Lose(Error(error));
                return;
            }

            if (count > 0)
            {
                _output.Advance(count);
            }

            if (count < first.Length)
            {
                break;
            }
        }

        StartWriting();
    }

    private void StartWriting()
    {
        if (_writing || _output.Length == 0)
        {
            return;
        }

        try
        {
            PollPipe.Write(_output.First, this);
            _writing = true;
        }
        catch (SocketException e)
        {
            Lose(Error(e.SocketErrorCode));
        }
    }

    private void OnOutputGrown()
    {
        if (_flow.MustPause(_output.Length))
        {
            Call(static protocol => protocol.PauseWriting(), "The protocol's PauseWriting threw an exception.");
        }
    }

    private void OnOutputShrunk()
    {
        if (_flow.MustResume(_output.Length))
        {
            EnterContext();

            // May write more, and close.
            Call(static protocol => protocol.ResumeWriting(), "The protocol's ResumeWriting threw an exception.");
        }

        if (_output.Length == 0 && State == PipeState.Flushing)
        {
            Lose(null);
        }
    }

    private void Call(Action<Protocol> call, string message)
    {
        try
        {
            call(Protocol);
        }
        catch (Exception e)
        {
            Report(message, e);
        }
    }

    /// <summary>Whether bytes can be taken. When the pipe is closing they are dropped, as its reader would drop
    /// them.</summary>
    private bool CanWrite()
    {
        if (!IsClosing)
        {
            return true;
        }

        if (++_lostWrites == LostWritesMax)
        {
            RuntimeWarnings.Raise(
                $"{this} is closed, and {LostWritesMax} writes to it were dropped; stop when ConnectionLost is called");
        }

        return false;
    }
}
