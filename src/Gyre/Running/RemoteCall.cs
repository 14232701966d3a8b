namespace Gyre;

/// <summary>A coroutine that a task of one loop waits for and another loop runs.</summary>
/// <remarks>The future belongs to the loop that waits. All that crosses goes through the inboxes of the two, whose
/// locks order it.</remarks>
// here   Pending ──────────────Cancel: asks──────┐        (still pending: clean-up comes first)
//           │ Begin                              ▼
// there     └──▶ the task is made ──────▶ cancelled, or ends as it likes
//                                                │
// here   Done ◀──────the outcome─────────────────┘        The target's loop closed: done, with an error
internal sealed class RemoteCall<T> : Future<T>, IRemoteCall
{
    private readonly EventLoop _target;
    private readonly Func<Coroutine<T>> _function;

    // The target's thread only.
    private LoopTask<T>? _task;

    // Written there before the outcome is posted, read here after it has come.
    private object? _outcome;
    private T? _result;
    private bool _hasCancelled;

    // Written here; there it is read to save a beginning, and may be seen late: the request comes as a post, too.
    private volatile bool _wasAskedToCancel;
    private string? _cancelMessage;

    private RemoteCall(EventLoop origin, EventLoop target, Func<Coroutine<T>> function)
        : base(origin)
    {
        _target = target;
        _function = function;
    }

    /// <summary>Begins a call from the running loop.</summary>
    /// <exception cref="InvalidOperationException">The target is closed.</exception>
    public static RemoteCall<T> Begin(EventLoop target, Func<Coroutine<T>> function)
    {
        var call = new RemoteCall<T>(EventLoop.Running, target, function);
        if (!target.TryPostThreadSafe(StartItem.Instance, call, null, ExecutionContext.Capture()))
        {
            throw Closed();
        }

        call.Loop.ForeignWaits++;
        return call;
    }

    /// <summary>Whether the request to cancel met a task that had ended, its outcome being under way: it is not
    /// delivered yet.</summary>
    public bool HasMissedCancel => _wasAskedToCancel && !_hasCancelled;

    /// <summary>Asks the task there to end. The future ends when the task has.</summary>
    public override bool Cancel(string? message = null)
    {
        Loop.AssertOnLoop();

        if (IsDone)
        {
            return false;
        }

        // When the target is closed, the news of that are under way.
        _cancelMessage ??= message;
        _wasAskedToCancel = true;
        _target.TryPostThreadSafe(CancelItem.Instance, this, message);
        return true;
    }

    void IRemoteCall.Start()
    {
        if (_wasAskedToCancel)
        {
            // It does not even begin, like a task that is cancelled before its first step.
            _hasCancelled = true;
            Post(new Cancellation(_cancelMessage));
            return;
        }

        RemoteCalls.Of(_target).Add(this);
        try
        {
            _task = _target.CreateTask(_function());
        }
        catch (Exception e)
        {
            End(CarriedError.Capture(e));
            return;
        }

        _task.AddCallback(new EndItem(this));
    }

    void IRemoteCall.RequestCancel(string? message)
    {
        if (_task is { IsDone: false } task)
        {
            _hasCancelled = true;
            task.Cancel(message);
        }
    }

    void IRemoteCall.OnTaskDone()
    {
        LoopTask<T> task = _task!;
        if (task.IsCancelled)
        {
            End(new Cancellation(task.TakeCancelCause()));
        }
        else if (task.RetrieveError() is { } error)
        {
            End(error);
        }
        else
        {
            _result = task.Result;
            End(null);
        }
    }

    void IRemoteCall.OnTargetClosed() => Post(CarriedError.Capture(Closed()));

    /// <summary>The outcome has come.</summary>
    internal override void Execute(object? first, object? second)
    {
        Loop.ForeignWaits--;
        switch (_outcome)
        {
            case CarriedError error:
                TryFinishFailed(error);
                break;
            case Cancellation cancellation:
                TryFinishCancelled(cancellation.Cause);
                break;
            default:
                TrySetResult(_result!);
                break;
        }
    }

    internal override void Abandon(object? first, object? second) => ReportUnseen();

    internal override string Describe() => "a call on another loop";

    private static InvalidOperationException Closed() =>
        new("The event loop that was to run the coroutine is closed. It was not run, or not to its end.");

    private void End(object? outcome)
    {
        RemoteCalls.Of(_target).Remove(this);
        Post(outcome);
    }

    private void Post(object? outcome)
    {
        _outcome = outcome;
        if (!Loop.TryPostThreadSafe(this, null, null))
        {
            ReportUnseen();
        }
    }

    /// <summary>Nobody is there any more to hear of an error.</summary>
    private void ReportUnseen()
    {
        if (_outcome is CarriedError error)
        {
            _target.ReportThreadSafe(new ExceptionContext
            {
                Message = "A coroutine that another loop had called threw an exception after that loop was closed.",
                Exception = error.SourceException,
            });
        }
    }

    private sealed record Cancellation(object? Cause);

    private sealed class StartItem : WorkItem
    {
        public static readonly StartItem Instance = new();

        internal override void Execute(object? first, object? second) => ((IRemoteCall)first!).Start();

        internal override void Abandon(object? first, object? second) => ((IRemoteCall)first!).OnTargetClosed();
    }

    private sealed class CancelItem : WorkItem
    {
        public static readonly CancelItem Instance = new();

        internal override void Execute(object? first, object? second) =>
            ((IRemoteCall)first!).RequestCancel((string?)second);
    }

    private sealed class EndItem(IRemoteCall call) : WorkItem
    {
        internal override void Execute(object? first, object? second) => call.OnTaskDone();
    }
}
