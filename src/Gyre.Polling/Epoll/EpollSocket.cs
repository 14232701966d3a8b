using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>A socket on epoll: a descriptor, and what is known about its two directions.</summary>
/// <remarks>
/// Each direction goes through these states; the parts of this class are named by what a direction does.
/// <code>
///   Idle ──start──▶ Armed ──event, or known to be ready──▶ Queued ──Execute──▶ Armed or Idle
///    ▲                │                                      │
///    └─────stop───────┴──────────────────stop────────────────┘   (Execute then finds no sink)
/// </code>
/// Readiness is remembered apart from that: <c>_inputReady</c> from the edge that told of it until a
/// receive proves that nothing is left, <c>_outputFull</c> from the send that found no room until the next
/// edge.
/// </remarks>
internal sealed partial class EpollSocket : PollSocket
{
    private const uint InputInterest = Libc.EpollIn | Libc.EpollUrgent | Libc.EpollReadHangUp | Libc.EpollEdge;
    private const uint ListenerInterest = Libc.EpollIn;

    private readonly EpollPoller _poller;
    private readonly OperationLedger _operations;
    private readonly AddressFamily _family;
    private readonly bool _isTcp;
    private readonly InputOperation _input;

    private int _descriptor;
    private Socket? _socket;

    // What the kernel is asked to report; 0 while the socket is not registered.
    private uint _interest;

    // A failure that ended the connection. The kernel reports it once; the direction that did not get it
    // would take the end for an orderly one.
    private SocketError _failure;

    private EpollSocket(EpollPoller poller, int descriptor, Socket? socket, AddressFamily family, bool isTcp)
    {
        _poller = poller;
        _operations = poller.Operations;
        _descriptor = descriptor;
        _socket = socket;
        _family = family;
        _isTcp = isTcp;
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
        if (socket.SocketType != SocketType.Stream)
        {
            throw new ArgumentException(
                $"Only stream sockets can be attached, not {socket.SocketType}.", nameof(socket));
        }

        // Reading the handle of a disposed socket gives a closed one, setting this throws.
        socket.Blocking = false;
        return new EpollSocket(
            poller,
            (int)socket.SafeHandle.DangerousGetHandle(),
            socket,
            socket.AddressFamily,
            RemoteAddress.IsTcp(socket.AddressFamily, socket.ProtocolType));
    }

    public static EpollSocket Create(EpollPoller poller, AddressFamily family, SocketType type, ProtocolType protocol)
    {
        int nativeFamily = family switch
        {
            AddressFamily.InterNetwork => NativeAddress.FamilyInet,
            AddressFamily.InterNetworkV6 => NativeAddress.FamilyInet6,
            AddressFamily.Unix => NativeAddress.FamilyUnix,
            _ => throw new SocketException((int)SocketError.AddressFamilyNotSupported),
        };
        if (type != SocketType.Stream)
        {
            throw new ArgumentException($"Only stream sockets can be made, not {type}.", nameof(type));
        }

        // .NET numbers the protocols as the system does.
        int descriptor = Check(Libc.CreateSocket(nativeFamily, Libc.SocketStream, (int)protocol));
        return new EpollSocket(poller, descriptor, null, family, RemoteAddress.IsTcp(family, protocol));
    }

    /// <summary>Takes what the kernel says about the socket, and queues the directions that wait for
    /// it.</summary>
    public void OnEvents(uint events, IReadyQueue ready)
    {
        const uint Ends = Libc.EpollUrgent | Libc.EpollReadHangUp | Libc.EpollHangUp | Libc.EpollError;
        const uint Output = Libc.EpollOut | Libc.EpollHangUp | Libc.EpollError;

        if ((events & (Libc.EpollIn | Ends)) != 0)
        {
            _inputReady = true;
            if ((events & Ends) != 0)
            {
                _inputSpecial = true;
            }

            if (IsInputArmed)
            {
                _input.EnqueueOnce(ready);
            }
        }

        if ((events & Output) != 0)
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

        StopAccepting();
        StopReceiving();
        DropOutput();
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

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(IsClosed, this);

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
