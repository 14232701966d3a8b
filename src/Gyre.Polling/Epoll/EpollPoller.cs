using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

// Some facts about epoll, and what follows from them.
//
// 1. Edge or level. A level-triggered registration must be changed by a system call whenever the wish to
// receive stops or starts, or it wakes the loop for ever. An edge-triggered one is made once and then only
// remembered: the kernel tells us when something changes, and we keep in mind what it said until a receive or
// a send proves that it is over. So connections are edge-triggered, and epoll_ctl stays off the hot path.
// Listeners are level-triggered: they are started and stopped rarely, and the kernel then tells us whether
// the backlog is empty without an accept that fails.
//
// 2. When is an edge used up? The manual says: when a call ended with EAGAIN. That is one system call for
// nothing in each round. For TCP a short read says the same: recv(2) returns fewer bytes than asked for only
// if the queue was empty at that moment, and what arrives later makes a new edge. The exceptions: (a) the end
// of input or an error follows the bytes; their edge may be the one we are answering, but then the event said
// so (EPOLLRDHUP, EPOLLHUP, EPOLLERR); (b) recv stops at TCP's urgent mark, with bytes behind it; then the
// event said EPOLLPRI. After one of these flags only EAGAIN counts. If the cause arrives after the event, it
// makes an event of its own. Unix sockets end a recv where the sender passed descriptors, without a flag:
// there too only EAGAIN counts. A short write says "full" on all stream sockets.
//
// 3. EPOLLOUT is not asked for until a send found the socket full. TCP tells of room only after such a send,
// but Unix sockets tell of it after each message that the peer takes, and when the kernel looks again at a
// socket it already reported, "can be written to" alone would be a reason to wake us. When such a report
// comes and nobody wants to send, the registration goes back to input only.
//
// 4. A registration belongs to the open file, not to the descriptor. It ends with close(2) only if no
// duplicate is left in any process. Duplicates exist for a moment in each child process until it executes its
// program (all our descriptors are close-on-exec); during that time events of a closed socket can come. See
// SocketTable. Where the user has had the BCL's Socket, a duplicate may be meant to live on; such a
// socket is taken out of epoll before it is closed.
//
// 5. close(2) frees the descriptor even when it reports an error. It is never repeated.

/// <summary>The poller on Linux's epoll.</summary>
[DebuggerDisplay("epoll, {Sockets.Count} sockets")]
internal sealed partial class EpollPoller : Poller
{
    // The most events of one wait. The rest comes with the next one, after these have been executed. Not many: the
    // kernel has looked at a socket when it reports an event of it, and what it looked at is still near the
    // processor when the socket's turn comes. Not few: the wait itself costs as much as some hundred instructions.
    private const int EventsMax = 32;

    // What is left over from a turn, such as more input of a socket, comes again when the others that were ready have
    // had theirs: when a wait has reported them all, or at the latest after so many full ones.
    private const int FullBatchesMax = 8;

    // The eventfd's. No socket has this key: finding it finds nothing.
    private const ulong WakeupKey = ulong.MaxValue;

    private readonly DescriptorHandle _epoll;
    private readonly int _epollDescriptor;
    private readonly EventWakeup _wakeup;

    // On the pinned heap: the kernel writes to it during calls that do not hold up the garbage collector.
    private readonly byte[] _events =
        GC.AllocateUninitializedArray<byte>(EventsMax * EpollEvents.MaxSize, pinned: true);

    // Full ones that were reported while something was left over, since that was handed over last.
    private int _fullBatches;
    private bool _disposed;

    /// <summary>Makes a poller.</summary>
    /// <param name="allowNanosecondWait">False makes it wait as on a kernel that lacks the finer
    /// wait.</param>
    /// <exception cref="SocketException">The system has no descriptor left.</exception>
    public EpollPoller(bool allowNanosecondWait = true)
    {
        _epoll = Own(Libc.EpollCreate());
        _epollDescriptor = (int)_epoll.DangerousGetHandle();
        try
        {
            _wakeup = new EventWakeup(Own(Libc.CreateEvent()));
        }
        catch
        {
            _epoll.Dispose();
            throw;
        }

        int result = Control(
            Libc.EpollCtlAdd, _wakeup.Descriptor, Libc.EpollIn | Libc.EpollEdge, WakeupKey);
        if (result < 0)
        {
            Dispose();
            throw Errno.ToException(-result);
        }

        WaitsInNanoseconds = allowNanosecondWait && HasNanosecondWait();
    }

    ~EpollPoller() => Dispose(disposing: false);

    public static bool IsAvailable { get; } = OperatingSystem.IsLinux()
        && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    public override string BackendName => "epoll";

    public override bool HasOperations => Operations.HasOperations;

    /// <summary>The descriptor of the epoll itself.</summary>
    internal int Descriptor => _epollDescriptor;

    internal bool IsDisposed => _disposed;

    /// <summary>Whether timeouts are as fine as a nanosecond, or else a millisecond.</summary>
    internal bool WaitsInNanoseconds { get; }

    internal OperationLedger Operations { get; } = new();

    internal SocketTable<EpollSocket> Sockets { get; } = new();

    internal ReceiveMemory ReceiveMemory { get; } = new();

    public override unsafe void Poll(long timeoutNanoseconds, IReadyQueue ready)
    {
        // SAFETY: the array is pinned, has room for EventsMax events of either layout, and is alive with this
        // object; the kernel fills in as many events as it says.
        byte* entry = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_events));
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Operations.HasReady || (timeoutNanoseconds != 0 && !_wakeup.TryBeginWait()))
        {
            timeoutNanoseconds = 0;
        }

        int count = Wait(entry, timeoutNanoseconds);
        _wakeup.EndPoll();
        HandOverLeft(isBatchFull: count == EventsMax, ready);
        if (count < 0)
        {
            // A signal is an early return, as the contract allows. Nothing else can go wrong with a valid
            // descriptor.
            if (count != -Errno.Interrupted)
            {
                throw Errno.ToException(-count);
            }

            return;
        }

        Report(entry, count, ready);
        if (count >= EventsWorthwhile && Sockets.Count > SocketsOfCache)
        {
            LoadAhead(entry, count);
        }
    }

    public override void Wake() => _wakeup.Wake();

    public override PollSocket Attach(Socket socket)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(socket);
        DescriptorWatch.MakeWay(Operations.Descriptors, socket.SafeHandle);
        return EpollSocket.Attach(this, socket);
    }

    public override PollSocket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return EpollSocket.Create(this, family, type, protocol);
    }

    internal int Control(int operation, int descriptor, uint events, ulong key) =>
        Libc.EpollControl(_epollDescriptor, operation, descriptor, events, key);

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (EpollSocket socket in Sockets.ToArray())
        {
            if (disposing)
            {
                socket.Close(abort: false);
            }
            else
            {
                socket.CloseForgotten();
            }
        }

        Pipes.Close(disposing);
        if (disposing)
        {
            _wakeup?.Dispose();
            _epoll?.Dispose();
        }
    }

    /// <summary>Hands over what is ready without the kernel's word, before what the kernel has just reported.</summary>
    private void HandOverLeft(bool isBatchFull, IReadyQueue ready)
    {
        if (!Operations.HasReady)
        {
            return;
        }

        if (isBatchFull && ++_fullBatches < FullBatchesMax)
        {
            return;
        }

        _fullBatches = 0;
        Operations.HandOver(ready);
    }

    private unsafe void Report(byte* entry, int count, IReadyQueue ready)
    {
        // SAFETY: the caller gives so many events.
        SocketTable<EpollSocket> sockets = Sockets;
        for (; count > 0; count--)
        {
            ulong key = EpollEvents.ReadData(entry);
            if (sockets.Find(key) is { } socket)
            {
                socket.OnEvents(EpollEvents.ReadEvents(entry), ready);
            }
            else if (EpollWatch.Find(Operations.Descriptors, key) is { } watch)
            {
                watch.OnEvents(EpollEvents.ReadEvents(entry), ready);
            }
            else
            {
                Pipes.Find(key)?.OnEvents(EpollEvents.ReadEvents(entry), ready);
            }

            entry += EpollEvents.Size;
        }
    }

    private static DescriptorHandle Own(int descriptor) =>
        descriptor >= 0 ? new DescriptorHandle(descriptor) : throw Errno.ToException(-descriptor);
}
