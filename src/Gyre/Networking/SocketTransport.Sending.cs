using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

internal sealed partial class SocketTransport : ISendSink
{
    /// <summary>How many segments are sent in one turn. The rest comes with the next one, after others had
    /// theirs.</summary>
    private const int SegmentsPerTurnMax = 8;

    /// <summary>From this many writes into a lost connection on, somebody does not look whether it is lost.</summary>
    private const int LostWritesMax = 5;

    private readonly OutputQueue _output;
    private WriteFlow _flow = new();
    private bool _sending;
    private bool _eofWritten;
    private int _lostWrites;
    private bool _hasLostOutput;

    public override bool CanWriteEof => true;

    public override long WriteBufferSize => _output.Length;

    public override (int Low, int High) WriteBufferLimits => (_flow.Low, _flow.High);

    internal override bool IsWritingPaused => _flow.IsPaused;

    internal override bool HasLostOutput => _hasLostOutput;

    public override void SetWriteBufferLimits(int? high = null, int? low = null)
    {
        Loop.AssertOnLoop();
        _flow.SetLimits(high, low);
        OnOutputGrown();
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        ThrowIfCovered();
        WriteFromUpper(data);
    }

    internal override void WriteFromUpper(ReadOnlySpan<byte> data)
    {
        Loop.AssertOnLoop();
        if (!CanWrite() || data.IsEmpty)
        {
            return;
        }

        if (_output.Length == 0)
        {
            int sent = _socket.TrySend(data, out SocketError error);
            if (sent == data.Length)
            {
                return;
            }

            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                Fail(error);
                return;
            }

            data = data[sent..];
        }

        _output.Append(data);
        StartSending();
        OnOutputGrown();
    }

    public override void WriteLines(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        ThrowIfCovered();
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
            if (!_sending)
            {
                SendWhatFits();
            }

            OnOutputGrown();
        }
    }

    public override void WriteEof()
    {
        Loop.AssertOnLoop();
        if (IsClosing || _eofWritten)
        {
            return;
        }

        ThrowIfSendingFile();
        _eofWritten = true;
        if (_output.Length == 0)
        {
            EndOutput();
        }
    }

    void ISendSink.OnSent(int count, SocketError error)
    {
        _sending = false;
        if (_state >= TransportState.Losing)
        {
            return;
        }

        if (error != SocketError.Success)
        {
            Fail(error);
            return;
        }

        _output.Advance(count);
        SendWhatFits();
        OnOutputShrunk();
        AssertInvariants();
    }

    /// <summary>Sends until the system is full, the output is empty, or this turn is over; then waits for
    /// more room.</summary>
    private void SendWhatFits()
    {
        for (int i = 0; i < SegmentsPerTurnMax && _output.Length > 0; i++)
        {
            ReadOnlyMemory<byte> first = _output.First;
            int sent = _socket.TrySend(first.Span, out SocketError error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                Fail(error);
                return;
            }

            _output.Advance(sent);
            if (sent < first.Length)
            {
                break;
            }
        }

        StartSending();
    }

    private void StartSending()
    {
        if (_sending || _output.Length == 0)
        {
            return;
        }

        try
        {
            _socket.Send(_output.First, this);
            _sending = true;
        }
        catch (SocketException e)
        {
            Fail(e.SocketErrorCode);
        }
    }

    private void OnOutputGrown()
    {
        if (_flow.MustPause(_output.Length))
        {
            CallFlow(static protocol => protocol.PauseWriting(), "The protocol's PauseWriting threw an exception.");
        }
    }

    private void OnOutputShrunk()
    {
        if (_flow.MustResume(_output.Length))
        {
            EnterContext();

            // May write more, and close.
            CallFlow(static protocol => protocol.ResumeWriting(), "The protocol's ResumeWriting threw an exception.");
        }

        if (_output.Length > 0 || _state >= TransportState.Losing)
        {
            return;
        }

        _fileSending?.Wake();
        if (_state == TransportState.Flushing)
        {
            Lose(null, reset: false);
        }
        else if (_eofWritten)
        {
            EndOutput();
        }
    }

    private void CallFlow(Action<Protocol> call, string message)
    {
        try
        {
            call(_protocol);
        }
        catch (Exception e)
        {
            Report(message, e);
        }
    }

    /// <summary>Tells the peer that nothing more comes. A connection that is gone hears of it from its input.</summary>
    private void EndOutput() => _ = _socket.Shutdown(SocketShutdown.Send);

    private void ThrowIfEofWritten()
    {
        if (_eofWritten)
        {
            ThrowEofWritten();
        }
    }

    // Apart, so that the check is small enough to be inlined into the hot path.
    private static void ThrowEofWritten() => throw new InvalidOperationException(
        "WriteEof was called: this side has promised to send nothing more. Write before it.");

    /// <summary>Whether bytes can be taken. When the connection is closing they are dropped, as the peer
    /// would drop them.</summary>
    private bool CanWrite()
    {
        ThrowIfSendingFile();
        ThrowIfEofWritten();
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
