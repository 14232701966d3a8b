using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    private EndPoint? _connectRemote;
    private SocketError _connectResult;

    protected override void BeginConnect(EndPoint remote)
    {
        // A Unix socket's connection stands, or fails, at once. A later call to tell the BCL of it would fail
        // then.
        _connectResult = Family == AddressFamily.Unix && _socket is not null
            ? ConnectThroughSocket(remote)
            : ConnectDescriptor(remote);
        _connectRemote = remote;
        if (_connectResult == SocketError.InProgress)
        {
            // Only now: a socket that is neither connected nor connecting would report that it was hung up.
            Check(Register(OutputInterest));
        }
        else
        {
            Operations.ExecuteAgain(Output);
        }
    }

    private unsafe SocketError ConnectDescriptor(EndPoint remote)
    {
        // SAFETY: the address is pinned by the statement below; on Linux a SocketAddress holds the kernel's
        // own layout.
        SocketAddress address = remote.Serialize();
        fixed (byte* pointer = address.Buffer.Span)
        {
            return Errno.ToSocketError(-Libc.Connect(_descriptor, pointer, address.Size));
        }
    }

    private SocketError ConnectThroughSocket(EndPoint remote)
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
                error = ConnectThroughSocket(_connectRemote!);
            }
        }

        if (error == SocketError.Success)
        {
            _remote = _connectRemote;
        }

        EndOutput();
        sink.OnConnected(error);
    }
}
