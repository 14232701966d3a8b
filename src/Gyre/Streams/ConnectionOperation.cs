using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Gyre;

/// <summary>One direction of a <see cref="ConnectionStream"/>: the call that is under way, used again for the next
/// one.</summary>
/// <remarks>
/// <code>
///   Free ──TryClaim (any thread)──▶ Claimed ──Submit──▶ Started (loop) ──must wait──▶ Waiting (loop)
///    ▲                                                    │  ▲                          │    │
///    │                                                    │  └──────what it waited for──┘    │
///    └──GetResult (caller's thread)── Completed (loop) ◀──┴──────────cancelled, disposed─────┘
/// </code>
/// Everything that is marked (loop) runs on the loop's thread, so nothing of it needs a lock. The caller waits
/// from Submit to
/// GetResult; what it wrote before travels through the inbox, and what it reads after through the completion.
/// </remarks>
internal abstract class ConnectionOperation : WorkItem, IValueTaskSource<int>, IValueTaskSource
{
    private static readonly WorkItem s_cancel = new CancelItem();

    private ManualResetValueTaskSourceCore<int> _core;
    private WaitFuture? _wait;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private int _claimed;
    private bool _waiting;

    protected ConnectionOperation(EventLoop loop) => Loop = loop;

    protected EventLoop Loop { get; }

    /// <summary>Loop thread only. Whether the call waits, so that it can be ended from outside.</summary>
    public bool IsWaiting => _waiting;

    /// <summary>Loop thread only. Whether a call that waits may go on now: it was not woken before, and no task's step is
    /// under way.</summary>
    private protected bool CanGoOnInTurn => _waiting && !_wait!.IsDone && Loop.CurrentWork is null;

    private string BusyMessage => $"A {Verb} of this stream is under way. Await it before the next one.";

    /// <summary>What the operation does, for errors.</summary>
    protected abstract string Verb { get; }

    /// <summary>Takes the operation for a call. One call at a time.</summary>
    /// <exception cref="InvalidOperationException">A call is under way.</exception>
    public void Claim()
    {
        // Pairs with the write in Release: the winner sees everything that the call before has done.
        if (Interlocked.Exchange(ref _claimed, 1) != 0)
        {
            throw new InvalidOperationException(BusyMessage);
        }
    }

    /// <summary>Gives the operation back when no call came of it, or its result was taken.</summary>
    public void Release() => Volatile.Write(ref _claimed, 0);

    /// <summary>Starts the claimed call: at once on the loop's thread, otherwise through its inbox.</summary>
    /// <param name="token">Ends the call's wait.</param>
    /// <param name="blocking">Whether the caller's thread waits: then nothing but that is run at the end.</param>
    /// <returns>The token for the <see cref="ValueTask"/>.</returns>
    public short Submit(CancellationToken token, bool blocking)
    {
        _token = token;

        // Whoever called on the loop's thread goes on there, inside the turn in which the call ends. Other code is never
        // run on that thread, but waking a thread that blocks is not that.
        bool onLoop = Loop.IsOnLoopThread;
        _core.RunContinuationsAsynchronously = !blocking && !onLoop;
        short version = _core.Version;
        if (onLoop)
        {
            Step();
        }
        else if (!Loop.TryPostThreadSafe(this, null, null))
        {
            Release();
            throw LoopClosed();
        }

        return version;
    }

    /// <summary>Loop thread only. Ends a waiting call because the loop is being closed.</summary>
    public void FailWait() => FailWait(LoopClosed());

    /// <summary>Loop thread only. Ends a waiting call with an error.</summary>
    public void FailWait(Exception error)
    {
        Debug.Assert(_waiting, "Only a call that waits is ended from outside.");
        _wait!.RemoveCallback(this);
        LeaveWait(_wait);

        // This is not a turn of its own: the caller's code must not run inside whatever ends the call.
        _core.RunContinuationsAsynchronously = true;
        Fail(error);
    }

    int IValueTaskSource<int>.GetResult(short token) => GetResult(token);

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <summary>Loop thread: the call's start, and what it waited for.</summary>
    internal sealed override void Execute(object? first, object? second)
    {
        if (first is WaitFuture wait)
        {
            // A call that was ended from outside has removed this, unless it was queued by then.
            if (!_waiting || wait != _wait)
            {
                return;
            }

            LeaveWait(wait);
        }

        Step();
    }

    /// <summary>The loop was closed before the call's turn.</summary>
    internal sealed override void Abandon(object? first, object? second)
    {
        // One that waited has been ended by WaitingOperations; only its wake-up is dropped here.
        if (first is null)
        {
            _core.RunContinuationsAsynchronously = true;
            Fail(LoopClosed());
        }
    }

    /// <summary>Carries the call on. True when it is done, with its result; false when it must wait.</summary>
    private protected abstract bool TryRun(out int result);

    /// <summary>Arranges for <paramref name="wait"/> to be released when the call can go on.</summary>
    private protected abstract void BeginWait(WaitFuture wait);

    /// <summary>Takes back what <see cref="BeginWait"/> has done.</summary>
    private protected abstract void EndWait(WaitFuture wait);

    /// <summary>Drops what belongs to the caller.</summary>
    private protected abstract void Clear();

    private static ObjectDisposedException LoopClosed() =>
        new(nameof(ConnectionStream), "The event loop of this connection is closed.");

    private void Step()
    {
        try
        {
            if (TryRun(out int result))
            {
                End();
                WithoutContext.Call(
                    static outcome =>
                    {
                        outcome.Self._core.SetResult(outcome.Result);
                        return true;
                    },
                    (Self: this, Result: result));
                return;
            }

            if (_token.IsCancellationRequested)
            {
                throw new OperationCanceledException(_token);
            }

            Wait();
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Wait()
    {
        if (_wait is null)
        {
            _wait = new WaitFuture(Loop);
        }
        else
        {
            _wait.Reset();
        }

        BeginWait(_wait);
        _wait.AddCallback(this);
        _waiting = true;
        WaitingOperations.Of(Loop).Add(this);
        if (_token.CanBeCanceled && _registration == default)
        {
            _registration = _token.UnsafeRegister(static state => ((ConnectionOperation)state!).PostCancel(), this);
        }
    }

    /// <summary>Ends the wait, and carries the call on: the last thing of a turn of I/O.</summary>
    private protected void GoOnInTurn()
    {
        Debug.Assert(CanGoOnInTurn, "It was asked a moment ago.");
        _wait!.RemoveCallback(this);
        LeaveWait(_wait);
        Step();
    }

    private void LeaveWait(WaitFuture wait)
    {
        _waiting = false;
        WaitingOperations.Of(Loop).Remove(this);
        EndWait(wait);
    }

    /// <summary>Any thread. The version tells this call from the next: a request that comes too late meets another
    /// one.</summary>
    private void PostCancel() => Loop.TryPostThreadSafe(s_cancel, this, _core.Version);

    private void Cancel(short version)
    {
        // Woken already: what it waited for is there, and will be taken.
        if (_waiting && version == _core.Version && !_wait!.IsDone)
        {
            _wait.RemoveCallback(this);
            LeaveWait(_wait);
            Fail(new OperationCanceledException(_token));
        }
    }

    private void Fail(Exception error)
    {
        End();
        WithoutContext.Call(
            static outcome =>
            {
                outcome.Self._core.SetException(outcome.Error);
                return false;
            },
            (Self: this, Error: error));
    }

    private void End()
    {
        // Waits for a PostCancel that is running on another thread, which is short. So that one reads this call's
        // version,
        // and not the next one's.
        _registration.Dispose();
        _registration = default;
        _token = default;
        Clear();
    }

    private int GetResult(short token)
    {
        // Throws for a call whose result was taken: this may be in another one's hands by now.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException($"The {Verb} is under way. Await it; only then it has a result.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Release();
        }
    }

    private sealed class CancelItem : WorkItem
    {
        internal override void Execute(object? first, object? second) =>
            ((ConnectionOperation)first!).Cancel((short)second!);
    }
}
