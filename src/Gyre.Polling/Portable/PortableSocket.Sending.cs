using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

internal sealed partial class PortableSocket
{
    private ISendSink? _sendSink;
    private PortableRequest? _send;

    private bool IsOutputArmed => _sendSink is not null || _connectSink is not null;

    public override int TrySend(ReadOnlySpan<byte> data, out SocketError error)
    {
        ThrowIfClosed();
        ThrowIfOutputBusy();
        int count = _socket.Send(data, SocketFlags.None, out error);
        if (count > 0)
        {
            // Some went out before the system was full. The rest is the caller's.
            error = SocketError.Success;
        }

        error = Explain(error);
        return count;
    }

    public override void Send(ReadOnlyMemory<byte> data, ISendSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfOutputBusy();
        if (data.IsEmpty)
        {
            throw new ArgumentException("There is nothing to send. Give one byte at least.", nameof(data));
        }

        _send ??= NewRequest(PortableRequestKind.Send);

        // The BCL only reads what it sends.
        _send.SetBuffer(MemoryMarshal.AsMemory(data));
        if (_send.Begin(_socket))
        {
            _operations.ExecuteAgain(_output);
        }

        _sendSink = sink;
        _operations.OnArmed();
    }

    private void ThrowIfOutputBusy()
    {
        if (IsOutputArmed)
        {
            throw new InvalidOperationException(
                "The socket is already sending or connecting. Wait for its sink.");
        }
    }

    private void ExecuteSend(ISendSink sink)
    {
        PortableRequest send = _send!;
        SocketError error = Explain(send.SocketError);
        int count = error == SocketError.Success ? send.BytesTransferred : 0;

        // The memory is the caller's again.
        send.SetBuffer(Memory<byte>.Empty);
        DropOutput();
        sink.OnSent(count, error);
    }

    /// <summary>Keeps the failure that ended the connection, and gives it where only its consequence is left
    /// to report.</summary>
    private SocketError Explain(SocketError error)
    {
        if (error == SocketError.Shutdown && _failure != SocketError.Success)
        {
            return _failure;
        }

        if (error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.TimedOut
            or SocketError.HostUnreachable or SocketError.NetworkUnreachable)
        {
            _failure = error;
        }

        return error;
    }

    private void DropOutput()
    {
        if (IsOutputArmed)
        {
            _sendSink = null;
            _connectSink = null;
            _operations.OnDisarmed();
        }
    }

    private sealed class OutputOperation(PortableSocket socket) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (socket._sendSink is { } sender)
            {
                socket.ExecuteSend(sender);
            }
            else if (socket._connectSink is { } connector)
            {
                socket.ExecuteConnect(connector);
            }
        }
    }
}
