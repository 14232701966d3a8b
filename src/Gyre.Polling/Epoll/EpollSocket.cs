using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>A socket on epoll: a descriptor, and what is known about its two directions.</summary>
/// <remarks>
/// Readiness is remembered apart from the wish for it: <c>IsInputReady</c> from the edge that told of it until
/// a receive proves that nothing is left, <c>_outputFull</c> from the send that found no room until the next
/// edge. The parts of this class are named by what a direction does.
/// </remarks>
internal sealed partial class EpollSocket : DescriptorSocket
{
    private const uint InputInterest = Libc.EpollIn | Libc.EpollUrgent | Libc.EpollReadHangUp | Libc.EpollEdge;
    private const uint OutputInterest = InputInterest | Libc.EpollOut;
    private const uint ListenerInterest = Libc.EpollIn;

    // Events that end a direction, or leave bytes behind a short read.
    private const uint SpecialEvents =
        Libc.EpollUrgent | Libc.EpollReadHangUp | Libc.EpollHangUp | Libc.EpollError;

    private const uint OutputEvents = Libc.EpollOut | Libc.EpollHangUp | Libc.EpollError;

    private readonly EpollPoller _poller;

    // What the kernel is asked to report; 0 while the socket is not registered.
    private uint _interest;

    private EpollSocket(
        EpollPoller poller, int descriptor, Socket? socket, AddressFamily family, ProtocolType protocol)
        : base(poller.Operations, poller.ReceiveMemory, descriptor, socket, family, protocol)
    {
        _poller = poller;
        Input = new InputOperation(this);
        Key = poller.Sockets.Add(this);
    }

    public static EpollSocket Attach(EpollPoller poller, Socket socket) =>
        new(poller, TakeDescriptor(socket), socket, socket.AddressFamily,
            ProtocolOf(socket.SocketType, socket.ProtocolType))
        {
            IsDatagram = socket.SocketType == SocketType.Dgram,
        };

    public static EpollSocket Create(
        EpollPoller poller, AddressFamily family, SocketType type, ProtocolType protocol) =>
        new(poller, CreateDescriptor(family, type, protocol), null, family, ProtocolOf(type, protocol))
        {
            IsDatagram = type == SocketType.Dgram,
        };

    /// <summary>Takes what the kernel says about the socket, and queues the directions that wait for
    /// it.</summary>
    public void OnEvents(uint events, IReadyQueue ready)
    {
        AssertInvariants();
        if ((events & (Libc.EpollIn | SpecialEvents)) != 0)
        {
            IsInputReady = true;
            if ((events & SpecialEvents) != 0)
            {
                IsInputSpecial = true;
            }

            if (IsInputArmed)
            {
                Input.EnqueueOnce(ready);
            }
        }

        if ((events & OutputEvents) != 0)
        {
            OnOutputEvents(events, ready);
        }
    }

    /// <summary>Reads what the socket's next turn will touch.</summary>
    public int LoadAhead() =>
        ReceiveSink is { } sink ? Descriptor + (_outputFull ? 1 : 0) + sink.LoadAhead() : 0;

    public override bool CanSendFiles => true;

    public override SocketError Shutdown(SocketShutdown how)
    {
        ThrowIfClosed();
        return Errno.ToSocketError(-Libc.Shutdown(Descriptor, (int)how));
    }

    public override void Close(bool abort)
    {
        if (IsClosed)
        {
            return;
        }

        StopAll();
        _sendData = default;
        if (_interest != 0 && BclSocket is not null)
        {
            // The user has had the socket and may have given a duplicate away: fact 4 of EpollPoller.
            _ = _poller.Control(Libc.EpollCtlDelete, Descriptor, 0, Key);
        }

        _interest = 0;
        _poller.Sockets.Remove(Key);
        CloseDescriptor(abort);
    }

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
        int result = _poller.Control(operation, Descriptor, interest, Key);
        if (result >= 0)
        {
            _interest = interest;
        }

        return result;
    }
}
