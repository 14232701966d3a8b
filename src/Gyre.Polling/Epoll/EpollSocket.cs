using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>A socket on epoll: a descriptor, and what is known about its two directions.</summary>
/// <remarks>
/// Readiness is remembered apart from the wish for it: <c>_inputReady</c> from the edge that told of it until
/// a receive proves that nothing is left, <c>_outputFull</c> from the send that found no room until the next
/// edge. The parts of this class are named by what a direction does.
/// </remarks>
internal sealed partial class EpollSocket : BackendSocket
{
    private const uint InputInterest = Libc.EpollIn | Libc.EpollUrgent | Libc.EpollReadHangUp | Libc.EpollEdge;
    private const uint OutputInterest = InputInterest | Libc.EpollOut;
    private const uint ListenerInterest = Libc.EpollIn;

    // Events that end a direction, or leave bytes behind a short read.
    private const uint SpecialEvents =
        Libc.EpollUrgent | Libc.EpollReadHangUp | Libc.EpollHangUp | Libc.EpollError;

    private const uint OutputEvents = Libc.EpollOut | Libc.EpollHangUp | Libc.EpollError;

    private readonly EpollPoller _poller;
    private readonly bool _isTcp;
    private readonly InputOperation _input;

    private int _descriptor;
    private Socket? _socket;

    // What the kernel is asked to report; 0 while the socket is not registered.
    private uint _interest;

    private NativeAddress _acceptedFrom;
    private EndPoint? _remote;

    private EpollSocket(
        EpollPoller poller, int descriptor, Socket? socket, AddressFamily family, ProtocolType protocol)
        : base(poller.Operations, family, protocol)
    {
        _poller = poller;
        _isTcp = IsTcp;
        _descriptor = descriptor;
        _socket = socket;
        _input = new InputOperation(this);
        Key = poller.Sockets.Add(this);
    }

    /// <summary>What the kernel calls this socket. See <see cref="EpollSocketTable"/>.</summary>
    public ulong Key { get; }

    public override bool IsClosed => _descriptor < 0;

    public override Socket Socket
    {
        get
        {
            ThrowIfClosed();

            // The descriptor is non-blocking, but the BCL hides that unless it is told.
            return _socket ??= new Socket(new SafeSocketHandle(_descriptor, ownsHandle: true)) { Blocking = false };
        }
    }

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

    public override bool NoDelay
    {
        get
        {
            ThrowIfClosed();
            if (!_isTcp)
            {
                return false;
            }

            Check(Libc.GetOption(_descriptor, Libc.LevelTcp, Libc.OptionTcpNoDelay, out int value));
            return value != 0;
        }

        set
        {
            ThrowIfClosed();
            if (_isTcp)
            {
                Check(Libc.SetOption(_descriptor, Libc.LevelTcp, Libc.OptionTcpNoDelay, value ? 1 : 0));
            }
        }
    }

    public static EpollSocket Attach(EpollPoller poller, Socket socket)
    {
        ThrowIfNotStream(socket.SocketType);

        // Throws when the socket is disposed; reading the handle would give a closed one.
        socket.Blocking = false;
        int descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        return new EpollSocket(poller, descriptor, socket, socket.AddressFamily, socket.ProtocolType);
    }

    public static EpollSocket Create(EpollPoller poller, AddressFamily family, SocketType type, ProtocolType protocol)
    {
        ThrowIfNotStream(type);
        int nativeFamily = family switch
        {
            AddressFamily.InterNetwork => NativeAddress.FamilyInet,
            AddressFamily.InterNetworkV6 => NativeAddress.FamilyInet6,
            AddressFamily.Unix => NativeAddress.FamilyUnix,
            _ => throw new SocketException((int)SocketError.AddressFamilyNotSupported),
        };

        // .NET numbers the protocols as the system does.
        int descriptor = Check(Libc.CreateSocket(nativeFamily, Libc.SocketStream, (int)protocol));
        return new EpollSocket(poller, descriptor, null, family, protocol);
    }

    /// <summary>Takes what the kernel says about the socket, and queues the directions that wait for
    /// it.</summary>
    public void OnEvents(uint events, IReadyQueue ready)
    {
        AssertInvariants();
        if ((events & (Libc.EpollIn | SpecialEvents)) != 0)
        {
            _inputReady = true;
            if ((events & SpecialEvents) != 0)
            {
                _inputSpecial = true;
            }

            if (IsInputArmed)
            {
                _input.EnqueueOnce(ready);
            }
        }

        if ((events & OutputEvents) != 0)
        {
            OnOutputEvents(events, ready);
        }
    }

    public override SocketError Shutdown(SocketShutdown how)
    {
        ThrowIfClosed();
        return Errno.ToSocketError(-Libc.Shutdown(_descriptor, (int)how));
    }

    public override void Close(bool abort)
    {
        if (IsClosed)
        {
            return;
        }

        StopAll();
        _sendData = default;
        if (_interest != 0 && _socket is not null)
        {
            // The user has had the socket and may have given a duplicate away: fact 4 of EpollPoller.
            _ = _poller.Control(Libc.EpollCtlDelete, _descriptor, 0, Key);
        }

        if (abort)
        {
            // Fails only where there is no connection that could be reset.
            _ = Libc.SetLingerZero(_descriptor);
        }

        int descriptor = _descriptor;
        _descriptor = -1;
        _interest = 0;
        _poller.Sockets.Remove(Key);
        if (_socket is not null)
        {
            _socket.Dispose();
        }
        else
        {
            _ = Libc.CloseDescriptor(descriptor);
        }
    }

    /// <summary>Closes the descriptor of a socket whose poller nobody disposed. For the finaliser.</summary>
    /// <remarks>Where there is a <see cref="Socket"/>, its own finaliser closes it.</remarks>
    public void CloseForgotten()
    {
        if (_socket is null && !IsClosed)
        {
            _ = Libc.CloseDescriptor(_descriptor);
            _descriptor = -1;
        }
    }

    private static int Check(int result) => result >= 0 ? result : throw EpollPoller.Failure(result);

    /// <summary>Sees to it that the kernel reports these events. Costs a system call only when it does not
    /// yet.</summary>
    /// <returns>0, or minus an <see cref="Errno"/>.</returns>
    private int Register(uint interest)
    {
        interest |= _interest;
        if (interest == _interest)
        {
            return 0;
        }

        int operation = _interest == 0 ? Libc.EpollCtlAdd : Libc.EpollCtlModify;
        int result = _poller.Control(operation, _descriptor, interest, Key);
        if (result >= 0)
        {
            _interest = interest;
        }

        return result;
    }
}
