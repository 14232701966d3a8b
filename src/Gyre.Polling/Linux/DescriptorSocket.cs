using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>What the sockets of Linux's backends have in common: a descriptor, and what can be asked and told
/// of it without waiting.</summary>
internal abstract partial class DescriptorSocket : BackendSocket
{
    private NativeAddress _acceptedFrom;
    private EndPoint? _remote;

    protected DescriptorSocket(
        OperationLedger operations,
        ReceiveMemory receiveMemory,
        int descriptor,
        Socket? socket,
        AddressFamily family,
        ProtocolType protocol)
        : base(operations, family, protocol)
    {
        _receiveMemory = receiveMemory;
        _isTcp = IsTcp;
        Descriptor = descriptor;
        BclSocket = socket;
        operations.Descriptors.Claim(descriptor, this);
    }

    /// <summary>What the kernel calls this socket. See <see cref="SocketTable{TSocket}"/>.</summary>
    public ulong Key { get; protected init; }

    public sealed override bool IsClosed => Descriptor < 0;

    public sealed override Socket Socket
    {
        get
        {
            ThrowIfClosed();

            // The descriptor is non-blocking, but the BCL hides that unless it is told.
            return BclSocket ??= new Socket(new SafeSocketHandle(Descriptor, ownsHandle: true)) { Blocking = false };
        }
    }

    public sealed override EndPoint? LocalEndPoint
    {
        get
        {
            ThrowIfClosed();

            // A socket that is not bound reports port 0, which is no port.
            EndPoint? local = NativeAddress.GetLocal(Descriptor);
            return local is IPEndPoint { Port: 0 } ? null : local;
        }
    }

    public sealed override EndPoint? RemoteEndPoint
    {
        get
        {
            ThrowIfClosed();
            return _remote ??= _acceptedFrom.ToEndPoint() ?? NativeAddress.GetRemote(Descriptor);
        }
    }

    public sealed override bool NoDelay
    {
        get
        {
            ThrowIfClosed();
            if (!_isTcp)
            {
                return false;
            }

            Check(Libc.GetOption(Descriptor, Libc.LevelTcp, Libc.OptionTcpNoDelay, out int value));
            return value != 0;
        }

        set
        {
            ThrowIfClosed();
            if (_isTcp)
            {
                Check(Libc.SetOption(Descriptor, Libc.LevelTcp, Libc.OptionTcpNoDelay, value ? 1 : 0));
            }
        }
    }

    /// <summary>Where the peer's address was learnt with the connection. Asking later costs a system
    /// call.</summary>
    protected NativeAddress AcceptedFrom
    {
        init => _acceptedFrom = value;
    }

    /// <summary>Negative once the socket is closed.</summary>
    protected int Descriptor { get; private set; }

    /// <summary>The BCL's socket on this descriptor, which it owns then.</summary>
    protected Socket? BclSocket { get; private set; }

    /// <summary>Closes the descriptor of a socket whose poller nobody disposed. For the finaliser.</summary>
    /// <remarks>Where there is a <see cref="Socket"/>, its own finaliser closes it.</remarks>
    public void CloseForgotten()
    {
        if (BclSocket is null && !IsClosed)
        {
            _ = Libc.CloseDescriptor(Descriptor);
            Descriptor = -1;
        }
    }

    protected static int Check(int result) => result >= 0 ? result : throw Errno.ToException(-result);

    /// <summary>Makes a socket that does not block.</summary>
    /// <returns>Its descriptor.</returns>
    protected static int CreateDescriptor(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        ThrowIfNotPossible(type, family);
        int nativeFamily = family switch
        {
            AddressFamily.InterNetwork => NativeAddress.FamilyInet,
            AddressFamily.InterNetworkV6 => NativeAddress.FamilyInet6,
            AddressFamily.Unix => NativeAddress.FamilyUnix,
            _ => throw new SocketException((int)SocketError.AddressFamilyNotSupported),
        };

        // .NET numbers the protocols as the system does.
        int nativeType = type == SocketType.Dgram ? Libc.SocketDatagram : Libc.SocketStream;
        return Check(Libc.CreateSocket(nativeFamily, nativeType, (int)protocol));
    }

    /// <summary>Takes a socket of the BCL over.</summary>
    /// <returns>Its descriptor.</returns>
    protected static int TakeDescriptor(Socket socket)
    {
        ThrowIfNotPossible(socket.SocketType, socket.AddressFamily);

        // Throws when the socket is disposed; reading the handle would give a closed one.
        socket.Blocking = false;
        return (int)socket.SafeHandle.DangerousGetHandle();
    }

    protected void ThrowIfNotListening()
    {
        Check(Libc.GetOption(Descriptor, Libc.LevelSocket, Libc.OptionAcceptsConnections, out int isListening));
        if (isListening == 0)
        {
            throw new InvalidOperationException("The socket is not listening. Bind it and call Listen before.");
        }
    }

    /// <summary>Closes the descriptor, as the last step.</summary>
    /// <param name="abort">Whether with a reset.</param>
    protected void CloseDescriptor(bool abort)
    {
        if (abort)
        {
            // Fails only where there is no connection that could be reset.
            _ = Libc.SetLingerZero(Descriptor);
        }

        int descriptor = Descriptor;
        Descriptor = -1;
        Operations.Descriptors.Release(descriptor, this);
        if (BclSocket is not null)
        {
            BclSocket.Dispose();
        }
        else
        {
            _ = Libc.CloseDescriptor(descriptor);
        }
    }
}
