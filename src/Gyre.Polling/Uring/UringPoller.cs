using System.Diagnostics;
using System.Net.Sockets;

namespace Gyre.Polling;

// Some facts about io_uring, and what follows from them.
//
// 1. One call of io_uring_enter submits requests, does the work that arrived for the ring, and waits. With
// DEFER_TASKRUN that work (a receive for which bytes came, say) is done in that call and nowhere else, so
// input does not interrupt the program, and one call serves many connections. It also means that only the
// thread that owns the ring may enter it; the ring is made disabled, and belongs to the thread that polls
// first. Other threads end its wait through an eventfd that the ring polls.
//
// 2. A request is not under way before it was submitted, nor gone before it completed. What the owner of a
// socket starts and stops is therefore only noted (the sockets that differ from what the kernel knows stand
// in a list), and brought into line once for each poll. A stop and a start in between cost nothing.
//
// 3. A request holds the open file. close(2) alone would not end a connection on which the kernel receives, so
// requests are cancelled, in a call that does the ring's work, before the descriptor is closed. A closed
// socket keeps its key until its last completion has come: see UringSocket.
//
// 4. Multishot receive: one request completes for each piece of input that comes, into a buffer that the
// kernel takes from those provided to it. Nothing is asked of the kernel for each message, and idle
// connections hold no memory. But the buffers are gone through in turn, so many and large ones are cold, and
// a fast sender fills many of them at once. So that is for small messages. A connection whose input fills a
// buffer, or comes faster than it is taken, goes over to being polled and received from directly into one hot
// buffer, as on epoll; after many small pieces it comes back.
//
// 5. When no buffer is left, receives end with ENOBUFS. There are more buffers from then on, or the receive
// starts again when some have come back.
//
// 6. A send that takes the whole of a small message in the call that submits it is the rule. So small sends
// are copied to a stage and submitted with the next poll, all together, as MSG_DONTWAIT | MSG_WAITALL with
// CQE_SKIP_SUCCESS: they are over when the call returns, and only one that fell short has a completion. The
// stage is then free again. What a socket did not take stays with it: see UringSocket.Sending. One enter is
// also all that a lone connection needs for a request: the answer's send and the wait for what comes next.
//
// 7. A short poll of a ring for which nothing happened needs no system call: the kernel sets a bit in shared
// memory when it has work for the ring.
//
// 8. One call does some 20 pieces of the work that arrived, the oldest first, and leaves the rest for the next. So a
// call that waits is fair by itself. But when something is to be executed without the kernel's word (more input in a
// socket, tasks of the loop), it would be executed once for each 20 of the others: then there are as many calls as it
// takes to have them all.
//
// 9. The completion of a poll has the flags of the wake-up, which for TCP say "urgent data" whenever data came. Whether
// there is any is looked up before the loop sleeps, for all sockets at once: see UringPoller.Urgent.
//
// 10. Memory of rings is locked memory, which may be short; and the kernel gives it back late. So rings are
// small: a batch is never large, since the kernel does some 20 pieces of work in one call (fact 8).

/// <summary>The poller on Linux's io_uring.</summary>
[DebuggerDisplay("io_uring, {Sockets.Count} sockets")]
internal sealed partial class UringPoller : Poller
{
    private const uint SubmissionsMax = 256;
    private const uint CompletionsMax = 2048;

    // Where memory is short.
    private const uint SubmissionsLeast = 32;
    private const uint CompletionsLeast = 1024;

    // The eventfd's. No socket has this key.
    private const ulong WakeupKey = ulong.MaxValue;

    private const int EnterTriesMax = 1000;

    // No more than epoll would tell of in one poll. The rest comes with the next one.
    private const int CompletionsOfAPoll = 256;
    private const int EntersOfAPollMax = 16;

    private readonly UringRing _ring;
    private readonly EventWakeup _wakeup;

    // The sockets whose wishes differ, or may differ, from what the kernel was asked for.
    private UringSocket[] _unsettled = new UringSocket[16];
    private int _unsettledCount;

    private Thread? _owner;
    private bool _wakeupIsPolled;
    private bool _disposed;

    private UringPoller(UringRing ring)
    {
        _ring = ring;
        Buffers = new UringBuffers(ring);
        int descriptor = Libc.CreateEvent();
        if (descriptor < 0)
        {
            Buffers.Dispose();
            throw Errno.ToException(-descriptor);
        }

        _wakeup = new EventWakeup(new DescriptorHandle(descriptor));
    }

    ~UringPoller() => Dispose(disposing: false);

    public override string BackendName => "io_uring";

    public override bool HasOperations =>
        Operations.HasOperations || (IsEnabled && !_disposed && _ring.HasUnsubmitted);

    internal OperationLedger Operations { get; } = new();

    internal SocketTable<UringSocket> Sockets { get; } = new();

    internal ReceiveMemory ReceiveMemory { get; } = new();

    internal UringBuffers Buffers { get; }

    /// <summary>Whether a thread has polled, and owns the ring.</summary>
    private bool IsEnabled => _owner is not null;

    /// <summary>Makes a poller.</summary>
    /// <returns>Null when that is not possible now; <paramref name="error"/> is minus an <see cref="Errno"/>
    /// then.</returns>
    public static UringPoller? TryCreate(out int error)
    {
        error = UringRing.Create(SubmissionsMax, CompletionsMax, out UringRing? ring);
        if (error == -Errno.NoMemory)
        {
            error = UringRing.Create(SubmissionsLeast, CompletionsLeast, out ring);
        }

        if (ring is null)
        {
            return null;
        }

        try
        {
            return new UringPoller(ring);
        }
        catch (SocketException e)
        {
            ring.Dispose();
            error = e.SocketErrorCode == SocketError.TooManyOpenSockets ? -Errno.TooManyFiles : -Errno.NoMemory;
            return null;
        }
    }

    public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!IsEnabled)
        {
            TakeOwnership();
        }

        CheckForUrgentData(timeoutNanoseconds);
        if (Operations.HasReady)
        {
            Operations.HandOver(ready);
            timeoutNanoseconds = 0;
        }

        Settle();
        if (timeoutNanoseconds != 0 && !_wakeup.TryBeginWait())
        {
            timeoutNanoseconds = 0;
        }

        // Fact 7.
        if ((timeoutNanoseconds != 0 && !_ring.HasCompletions) || _ring.NeedsEnter)
        {
            Enter(_ring.HasCompletions ? 0 : timeoutNanoseconds);
            if (timeoutNanoseconds == 0)
            {
                EnterForAll();
            }
        }

        _wakeup.EndPoll();
        Complete(ready);
        ClearStage();
    }

    public override void Wake() => _wakeup.Wake();

    public override PollSocket Attach(Socket socket)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(socket);
        DescriptorWatch.MakeWay(Operations.Descriptors, socket.SafeHandle);
        return UringSocket.Attach(this, socket);
    }

    public override PollSocket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return UringSocket.Create(this, family, type, protocol);
    }

    /// <summary>Has the next poll bring the kernel into line with what a socket wants.</summary>
    internal void AddUnsettled(UringSocket socket)
    {
        if (socket.IsUnsettled)
        {
            return;
        }

        socket.IsUnsettled = true;
        if (_unsettledCount == _unsettled.Length)
        {
            Array.Resize(ref _unsettled, _unsettledCount * 2);
        }

        _unsettled[_unsettledCount++] = socket;
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
        {
            return;
        }

        if (!disposing)
        {
            // The ring, the mappings and the eventfd have finalisers of their own.
            _disposed = true;
            foreach (UringSocket socket in Sockets.ToArray())
            {
                socket.CloseForgotten();
            }

            Pipes.Close(disposing: false);
            return;
        }

        Pipes.Close(disposing: true);
        CancelEverything();
        _disposed = true;
        _ring.Dispose();
        foreach (UringSocket socket in Sockets.ToArray())
        {
            socket.Close(abort: false);
        }

        Buffers.Dispose();
        _wakeup.Dispose();
    }

    private void TakeOwnership()
    {
        int result = _ring.Enable();
        if (result < 0)
        {
            throw Errno.ToException(-result);
        }

        _owner = Thread.CurrentThread;
        Buffers.Grow();
        Buffers.Publish();
    }

    /// <summary>Writes the requests that make the kernel do what the sockets want.</summary>
    private void Settle()
    {
        if (!_wakeupIsPolled)
        {
            PollWakeup();
        }

        // Those that come back to the list now are for the next poll.
        int count = _unsettledCount;
        for (int i = 0; i < count; i++)
        {
            UringSocket socket = _unsettled[i];
            socket.IsUnsettled = false;
            socket.Settle();
        }

        int rest = _unsettledCount - count;
        Array.Copy(_unsettled, count, _unsettled, 0, rest);
        Array.Clear(_unsettled, rest, count);
        _unsettledCount = rest;
        SettlePipes();
        SettleWatches();
        Buffers.Publish();
    }

    private void Enter(long timeoutNanoseconds)
    {
        int result = _ring.Enter(timeoutNanoseconds);

        // A signal, and the timeout, are returns like others. Without memory for a request, or with too many
        // completions waiting, the kernel takes fewer requests than there are: they go with the next call.
        if (result < 0 && result is not (-Errno.TimerExpired or -Errno.Interrupted or -Errno.Again or -Errno.Busy))
        {
            throw result == -Errno.Exists
                ? new InvalidOperationException(
                    "An io_uring belongs to the thread that polled first. Run the loop on that thread, or use epoll.")
                : Errno.ToException(-result);
        }
    }

    /// <summary>Others are ready without the kernel's word: has it do all the work that is there. Fact 8.</summary>
    private void EnterForAll()
    {
        for (int i = 1; i < EntersOfAPollMax && _ring.NeedsEnter && _ring.CompletionCount < CompletionsOfAPoll; i++)
        {
            Enter(timeoutNanoseconds: 0);
        }
    }

    /// <summary>Ends all requests, so that closing the ring leaves nothing behind, and no peer takes output that
    /// was cut off for the whole.</summary>
    private void CancelEverything()
    {
        if (!CanFlush)
        {
            // The kernel cancels what is left when the ring is closed, a little later.
            return;
        }

        // What was staged last may not fit: only now it comes to light.
        Flush();
        foreach (UringSocket socket in Sockets.ToArray())
        {
            socket.PrepareDispose();
        }

        AddCancelOfAll();
        for (int i = 0; i < EnterTriesMax && (i == 0 || HasRequests()); i++)
        {
            Flush();
        }
    }

    private bool HasRequests()
    {
        foreach (UringSocket socket in Sockets.ToArray())
        {
            if (socket.HasRequests)
            {
                return true;
            }
        }

        return false;
    }
}
