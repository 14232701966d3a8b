using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

internal sealed partial class SocketTransport
{
    private readonly Sender _output;
    private bool _eofWritten;
    private bool _hasLostOutput;

    public override bool CanWriteEof => true;

    public override long WriteBufferSize => _output.Length;

    public override (int Low, int High) WriteBufferLimits => _output.Limits;

    internal override bool IsWritingPaused => _output.IsPaused;

    internal override bool HasLostOutput => _hasLostOutput;

    public override void SetWriteBufferLimits(int? high = null, int? low = null)
    {
        Loop.AssertOnLoop();
        _output.SetLimits(high, low);
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        ThrowIfCovered();
        WriteFromUpper(data);
    }

    internal override void WriteFromUpper(ReadOnlySpan<byte> data)
    {
        Loop.AssertOnLoop();
        if (CanWrite() && !data.IsEmpty)
        {
            _output.Write(data);
        }
    }

    public override void WriteLines(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        ThrowIfCovered();
        Loop.AssertOnLoop();
        if (CanWrite())
        {
            _output.Write(pieces);
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

    /// <summary>Reads what a write will touch: many answer what they receive.</summary>
    private int LoadOutput() => (int)State + (_eofWritten ? 1 : 0) + (int)_output.Length;

    /// <summary>Everything that was written has gone out.</summary>
    private void OnFlushed()
    {
        _fileSending?.Wake();
        if (State == TransportState.Flushing)
        {
            Lose(null, isOrderly: true);
        }
        else if (_eofWritten)
        {
            EndOutput();
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

        _output.OnDropped();
        return false;
    }

    private sealed class Sender(SocketTransport transport) : OutputSender(transport)
    {
        protected override bool IsOpen => !transport.IsClosing && !transport._eofWritten;

        protected override int TrySend(ReadOnlySpan<byte> data, out SocketError error) =>
            transport._socket.TrySend(data, out error);

        protected override void Send(ReadOnlyMemory<byte> data) => transport._socket.Send(data, this);

        protected override void OnFailed(SocketError error) => transport.Fail(error);

        protected override void OnEmpty() => transport.OnFlushed();
    }
}
