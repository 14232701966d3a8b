using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class PortableSocket
{
    private IConnectSink? _connectSink;
    private PortableRequest? _connect;

    public override void Connect(EndPoint remote, IConnectSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        remote = RemoteAddress.For(_socket.AddressFamily, remote);
        ThrowIfClosed();
        ThrowIfOutputBusy();
        _connect ??= NewRequest(PortableRequestKind.Connect);
        _connect.RemoteEndPoint = remote;
        if (_connect.Begin(_socket))
        {
            _operations.ExecuteAgain(_output);
        }

        _connectSink = sink;
        _operations.OnArmed();
    }

    private void ExecuteConnect(IConnectSink sink)
    {
        SocketError error = _connect!.SocketError;
        if (error == SocketError.Success)
        {
            _isConnection = true;
            _remote = _connect.RemoteEndPoint;
        }

        DropOutput();
        sink.OnConnected(error);
    }
}
