using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    private IConnectSink? _connectSink;
    private EndPoint? _connectRemote;
    private SocketError _connectResult;

    private NativeAddress _acceptedFrom;
    private EndPoint? _remote;

    public override EndPoint? LocalEndPoint
    {
        get
        {
            ThrowIfClosed();

            // A socket that is not bound reports port 0, which is no port.
            EndPoint? local = NativeAddress.GetLocal(_descriptor);
            return local is IPEndPoint { Port: 0 } ? null : local;
        }
    }

    public override EndPoint? RemoteEndPoint
    {
        get
        {
            ThrowIfClosed();
            return _remote ??= _acceptedFrom.ToEndPoint() ?? NativeAddress.GetRemote(_descriptor);
        }
    }

    public override void Connect(EndPoint remote, IConnectSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        remote = RemoteAddress.For(_family, remote);
        ThrowIfClosed();
        ThrowIfOutputBusy();
        SocketError result = StartConnect(remote);
        if (result == SocketError.InProgress)
        {
            // Only now: a socket that is neither connected nor connecting would report that it was hung up.
            Check(Register(InputInterest | Libc.EpollOut));
        }

        _connectResult = result;
        _connectRemote = remote;
        _connectSink = sink;
        _operations.OnArmed();
        if (result != SocketError.InProgress)
        {
            _operations.ExecuteAgain(Output);
        }
    }

    private unsafe SocketError StartConnect(EndPoint remote)
    {
        // SAFETY: the address is pinned by the statement below; on Linux a SocketAddress holds the kernel's
        // own layout.
        if (_family == AddressFamily.Unix && _socket is not null)
        {
            // Such a connection stands, or fails, at once: a later call to tell the BCL of it would find it
            // standing.
            return ConnectSocket(remote);
        }

        SocketAddress address = remote.Serialize();
        fixed (byte* pointer = address.Buffer.Span)
        {
            return Errno.ToSocketError(-Libc.Connect(_descriptor, pointer, address.Size));
        }
    }

    private void ExecuteConnect(IConnectSink sink)
    {
        SocketError error = _connectResult;
        if (error == SocketError.InProgress)
        {
            int result = Libc.GetOption(_descriptor, Libc.LevelSocket, Libc.OptionError, out int errno);
            error = Errno.ToSocketError(result < 0 ? -result : errno);
            if (error == SocketError.Success && _socket is not null)
            {
                // The BCL's Socket was made before the connection: it does not know of it yet. A second
                // connect(2) that finds the connection standing returns success, once, and so the BCL learns
                // of it.
                error = ConnectSocket(_connectRemote!);
            }
        }

        if (error == SocketError.Success)
        {
            _remote = _connectRemote;
        }

        DropOutput();
        sink.OnConnected(error);
    }

    private SocketError ConnectSocket(EndPoint remote)
    {
        try
        {
            _socket!.Connect(remote);
            return SocketError.Success;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
    }
}
