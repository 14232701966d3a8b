using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

internal abstract partial class DescriptorSocket
{
    private EndPoint? _connectRemote;
    private SocketError _connectResult;

    /// <summary>Makes the system begin to connect.</summary>
    /// <returns>False when the outcome is known already; <see cref="FinishConnect"/> tells it.</returns>
    protected bool StartConnect(EndPoint remote)
    {
        // A Unix socket's connection stands, or fails, at once. A later call to tell the BCL of it would fail
        // then.
        _connectResult = Family == AddressFamily.Unix && BclSocket is not null
            ? ConnectThroughSocket(remote)
            : ConnectDescriptor(remote);
        _connectRemote = remote;
        return _connectResult == SocketError.InProgress;
    }

    /// <summary>The outcome is there, or the system has told of it.</summary>
    protected void FinishConnect(IConnectSink sink)
    {
        SocketError error = _connectResult;
        if (error == SocketError.InProgress)
        {
            int result = Libc.GetOption(Descriptor, Libc.LevelSocket, Libc.OptionError, out int errno);
            error = Errno.ToSocketError(result < 0 ? -result : errno);
            if (error == SocketError.Success && BclSocket is not null)
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

    private unsafe SocketError ConnectDescriptor(EndPoint remote)
    {
        // SAFETY: the address is pinned by the statement below; on Linux a SocketAddress holds the kernel's
        // own layout.
        SocketAddress address = remote.Serialize();
        fixed (byte* pointer = address.Buffer.Span)
        {
            return Errno.ToSocketError(-Libc.Connect(Descriptor, pointer, address.Size));
        }
    }

    private SocketError ConnectThroughSocket(EndPoint remote)
    {
        try
        {
            BclSocket!.Connect(remote);
            return SocketError.Success;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
    }
}
