namespace Gyre;

public abstract partial class LoopTask
{
    private int _cancelRequests;

    /// <summary>A token that is cancelled together with this task, to pass to BCL calls.</summary>
    /// <remarks>
    /// <para>Loop thread only. One token stands for one request: after a request, the next read gives a new token.
    /// While a
    /// request waits to be delivered, the token is cancelled already.</para>
    /// <para>A BCL call that was given the token, and ends with an <see cref="OperationCanceledException"/> when
    /// the task
    /// is cancelled, delivers the request. One that ends otherwise keeps its outcome, and the request is delivered at
    /// the next await of something of this library. So is a request that comes during a foreign await without a
    /// token. Guarantees G-47, G-48.</para>
    /// </remarks>
    public CancellationToken CancellationToken
    {
        get
        {
            if (IsDone)
            {
                return new CancellationToken(IsCancelled);
            }

            if (Has(TaskFlags.MustCancel))
            {
                ExpectDeliveryByToken();
                return new CancellationToken(canceled: true);
            }

            if (Has(TaskFlags.ScopeCancelled))
            {
                _flags |= TaskFlags.TokenFired;
                return new CancellationToken(canceled: true);
            }

            return (Rare.TokenSource ??= new CancellationTokenSource()).Token;
        }
    }

    // A request that the coroutine swallowed leaves its message behind, as in asyncio.
    internal override string? CancelMessage => IsCancelled ? base.CancelMessage : RequestMessage;

    /// <summary>The message of the last request that waits or has waited for the next await.</summary>
    private string? RequestMessage => RareOrNull?.CancelMessage;

    /// <summary>Requests that the task end: a <see cref="CancelledException"/> arrives at the <c>await</c> it is
    /// suspended in.</summary>
    /// <param name="message">Travels to the exception.</param>
    /// <returns>False when the task is done already.</returns>
    /// <remarks>
    /// Loop thread only. What the task waits for is cancelled, through any chain of tasks; the exception arrives when
    /// that has ended (G-40, G-41). If there is nothing to cancel, it arrives at the next step or the next await. A
    /// task that was not yet run ends without running (G-42). Each call counts, see <see cref="Cancelling"/>.
    /// asyncio: <c>Task.cancel</c>.
    /// </remarks>
    public override bool Cancel(string? message = null)
    {
        Loop.AssertOnLoop();
        return CancelFrom(place: null, message);
    }

    /// <summary>Requests that the task leave what it does inside <paramref name="place"/>.</summary>
    /// <param name="place">The scope around the block that asks; null when the request comes from outside the
    /// task.</param>
    /// <param name="message">Travels to the exception.</param>
    /// <returns>False when the task is done already.</returns>
    internal bool CancelFrom(CancelScope? place, string? message)
    {
        if (IsDone)
        {
            RetrieveError();
            return false;
        }

        if (Has(TaskFlags.OnCancelPath))
        {
            // The call that is under way has come back here: what the task waits for waits for the task.
            _flags |= TaskFlags.InCircle;
            return true;
        }

        if (Scope is not null && CancelScope.TryHold(this, place, message))
        {
            return true;
        }

        Registry.EnterCancel();
        LoopTask innermost = RequestAlongChain();
        if (!innermost.Has(TaskFlags.InCircle) && innermost.Waiter?.Cancel(message) != true)
        {
            innermost.CancelAtNextAwait(message);
        }

        LeaveCancelPath(innermost, message);
        Registry.LeaveCancel();
        return true;
    }

    /// <summary>How many requests to cancel the task has not answered with <see cref="Uncancel"/>.</summary>
    /// <remarks>The cancelled scopes around the place where the task is count as one. What a shielded scope holds
    /// off is not
    /// counted inside it. asyncio: <c>Task.cancelling</c>.</remarks>
    public int Cancelling() => _cancelRequests + (Has(TaskFlags.ScopeCancelled) ? 1 : 0);

    /// <summary>Takes one request back, because it has been dealt with. A cancelled scope stays cancelled.</summary>
    /// <returns>The number of requests that remain. At 0 one that was not yet delivered is dropped too.</returns>
    /// <remarks>Loop thread only. For blocks that cancel their own task, as <c>Aio.Timeout</c> does. asyncio:
    /// <c>Task.uncancel</c>.</remarks>
    public int Uncancel()
    {
        Loop.AssertOnLoop();
        if (_cancelRequests > 0 && --_cancelRequests == 0)
        {
            _flags &= ~TaskFlags.PendingRequest;
            ForgetTokenIfNotCancelled();
        }

        return Cancelling();
    }

    /// <summary>Whether an exception means that this task was cancelled, and not that something else was.</summary>
    /// <remarks>A BCL call that heard of the request through the task's token ends with an exception of its
    /// own.</remarks>
    internal bool IsOwnCancellation(OperationCanceledException exception) =>
        exception is CancelledException || (Cancelling() > 0 && Has(TaskFlags.TokenFired));

    /// <summary>Code inside the running step has thrown what its token, or plain code, was asked for: the request
    /// has arrived.</summary>
    internal void OnRequestHeard(OperationCanceledException thrown)
    {
        if (Has(thrown is CancelledException ? TaskFlags.SentToPlain : TaskFlags.SentByToken))
        {
            _flags &= ~TaskFlags.PendingRequest;
        }
    }

    /// <summary>Counts the request for this task and for those it waits for, one after another.</summary>
    /// <returns>The last task of the chain: the one that does not wait for a task.</returns>
    // A loop and not a recursion: the chain may be long.
    private LoopTask RequestAlongChain()
    {
        LoopTask task = this;
        task.CountRequest();
        while (task.Waiter is LoopTask { IsDone: false } inner)
        {
            if (inner.Has(TaskFlags.OnCancelPath))
            {
                task._flags |= TaskFlags.InCircle;
                break;
            }

            if (inner.Scope is not null && !CancelScope.TryPass(inner))
            {
                // The last one hands the request over, and the shield of this one takes it.
                break;
            }

            task = inner;
            task.CountRequest();
        }

        return task;
    }

    private void CancelAtNextAwait(string? message)
    {
        _flags |= TaskFlags.MustCancel;
        if (message is not null || RareOrNull is not null)
        {
            Rare.CancelMessage = message;
        }

        PassToPlainCode();
    }

    private void CountRequest()
    {
        _cancelRequests++;
        _flags |= TaskFlags.OnCancelPath;
        FireToken(expectDelivery: true);
    }

    /// <summary>Cancels the task's token, if somebody has read it, at the end of the call of Cancel.</summary>
    /// <param name="expectDelivery">Whether what has the token may answer a request that is kept until then.</param>
    private void FireToken(bool expectDelivery)
    {
        if (RareOrNull is { TokenSource: { } source } rare)
        {
            rare.TokenSource = null;
            if (expectDelivery && Has(TaskFlags.WaitsForForeign))
            {
                ExpectDeliveryByToken();
            }

            _flags |= TaskFlags.TokenFired;
            Registry.CancelTokenLater(this, source);
        }
    }

    private void LeaveCancelPath(LoopTask innermost, string? message)
    {
        LoopTask? task = this;
        while (task is not null)
        {
            LoopTask? next = task == innermost ? null : (LoopTask)task.Waiter!;
            task._flags &= ~TaskFlags.OnCancelPath;
            if (task.Has(TaskFlags.InCircle))
            {
                task.StopWaiting(message);
            }

            task = next;
        }
    }

    /// <summary>Ends a wait that nothing else would end, because what the task waits for waits for the task.</summary>
    private void StopWaiting(string? message)
    {
        _flags &= ~TaskFlags.InCircle;
        CancelAtNextAwait(message);
        if (Waiter is { } waiter && waiter.RemoveCallback(this) > 0)
        {
            _flags &= ~TaskFlags.Waits;
            Loop.Ready.Enqueue(this, null, null, null);
        }
    }

    // The pending request may arrive as an exception of the BCL. It is noticed where it is thrown, so that the
    // request is neither delivered twice nor lost when the call ended well in spite of the token.
    private void ExpectDeliveryByToken()
    {
        _flags |= TaskFlags.SentByToken | TaskFlags.TokenFired;
        TokenDelivery.Watch();
    }

    /// <summary>Cancels the task, from whatever thread, when a token of the caller's is cancelled.</summary>
    private void ListenTo(CancellationToken token)
    {
        if (token.IsCancellationRequested)
        {
            Cancel();
            return;
        }

        Rare.Listening = token.UnsafeRegister(
            static state =>
            {
                var task = (LoopTask)state!;
                task.Loop.TryPostThreadSafe(CancelItem.Instance, task, null);
            },
            this);
    }

    private void ReleaseTokens()
    {
        if (RareOrNull is not { } rare)
        {
            return;
        }

        rare.Listening.Unregister();
        rare.Listening = default;

        // Not disposed of: a thread that works for this task may outlive it, and goes on to use the token.
        rare.TokenSource = null;
    }

    private sealed class CancelItem : WorkItem
    {
        public static readonly CancelItem Instance = new();

        internal override void Execute(object? first, object? second) => ((LoopTask)first!).Cancel();
    }
}
