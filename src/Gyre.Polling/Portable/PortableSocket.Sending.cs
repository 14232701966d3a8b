using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

internal sealed partial class PortableSocket
{
    private PortableRequest? _connect;
    private PortableRequest? _send;

    public override int TrySend(ReadOnlySpan<byte> data, out SocketError error)
    {
        ThrowIfClosed();
        ThrowIfOutputBusy();
        ThrowIfDatagram();
        int count = _socket.Send(data, SocketFlags.None, out error);

        // When some went out before the system was full, the rest is the caller's.
        error = count > 0 ? SocketError.Success : Explain(error);
        return count;
    }

    protected override void BeginConnect(EndPoint remote)
    {
        _connect ??= NewRequest(PortableRequestKind.Connect);
        _connect.RemoteEndPoint = remote;
        if (_connect.Begin(_socket))
        {
            Operations.ExecuteAgain(_output);
        }
    }

    protected override void BeginSend(ReadOnlyMemory<byte> data)
    {
        _send ??= NewRequest(PortableRequestKind.Send);

        // The BCL only reads what it sends.
        _send.SetBuffer(MemoryMarshal.AsMemory(data));
        if (_send.Begin(_socket))
        {
            Operations.ExecuteAgain(_output);
        }
    }

    private void ExecuteConnect(IConnectSink sink)
    {
        SocketError error = _connect!.SocketError;
        if (error == SocketError.Success)
        {
            _isConnection = true;
            _remote = _connect.RemoteEndPoint;
        }

        EndOutput();
        sink.OnConnected(error);
    }

    private void ExecuteSend(ISendSink sink)
    {
        PortableRequest send = _send!;
        SocketError error = Explain(send.SocketError);
        int count = error == SocketError.Success ? send.BytesTransferred : 0;

        // The memory is the caller's again.
        send.SetBuffer(Memory<byte>.Empty);
        EndOutput();
        sink.OnSent(count, error);
    }

    private sealed class OutputOperation(PortableSocket socket) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (socket.SendSink is { } sender)
            {
                if (socket.IsDatagram)
                {
                    socket.ExecuteSendTo(sender);
                    return;
                }

                socket.ExecuteSend(sender);
            }
            else if (socket.ConnectSink is { } connector)
            {
                socket.ExecuteConnect(connector);
            }
        }
    }
}
