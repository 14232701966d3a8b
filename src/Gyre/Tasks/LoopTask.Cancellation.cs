namespace Gyre;

public abstract partial class LoopTask
{
    private string? _cancelMessage;
    private int _cancelRequests;
    private CancellationTokenSource? _tokenSource;
    private CancellationTokenRegistration _listening;

    /// <summary>A token that is cancelled together with this task, to pass to BCL calls.</summary>
    /// <remarks>
    /// <para>Loop thread only. One token stands for one request: after a request was delivered, the next read gives a
    /// new token. While a request waits to be delivered, the token is cancelled already.</para>
    /// <para>When a task reads its token and then awaits something that is not of this library, the token delivers the
    /// request. A foreign await without the token runs to its end; the request is delivered at the await after it.</para>
    /// </remarks>
    public CancellationToken CancellationToken
    {
        get
        {
            if (IsDone || Has(TaskFlags.MustCancel))
            {
                return new CancellationToken(canceled: !IsDone || IsCancelled);
            }

            _flags |= TaskFlags.TokenRead;
            return (_tokenSource ??= new CancellationTokenSource()).Token;
        }
    }

    // A request that the coroutine swallowed leaves its message behind, as in asyncio.
    internal override string? CancelMessage => IsCancelled ? base.CancelMessage : _cancelMessage;

    /// <summary>Requests that the task end: a <see cref="CancelledException"/> arrives at the <c>await</c> it is suspended in.</summary>
    /// <param name="message">Travels to the exception.</param>
    /// <returns>False when the task is done already.</returns>
    /// <remarks>
    /// Loop thread only. What the task waits for is cancelled, through any chain of tasks; the exception arrives when
    /// that has ended. If there is nothing to cancel, it arrives at the next step or the next await. A task that was not yet
    /// run ends without running. Each call counts, see <see cref="Cancelling"/>. asyncio: <c>Task.cancel</c>.
    /// </remarks>
    public override bool Cancel(string? message = null)
    {
        Loop.AssertOnLoop();
        if (IsDone)
        {
            return false;
        }

        // A loop and not a recursion: tasks that wait for tasks may form a long chain.
        LoopTask task = this;
        bool byToken = task.CountRequest();
        while (task._waiter is LoopTask { IsDone: false } inner)
        {
            task = inner;
            byToken = task.CountRequest();
        }

        if (task._waiter?.Cancel(message) != true && !byToken && !task.IsDone)
        {
            task._flags |= TaskFlags.MustCancel;
            task._cancelMessage = message;
        }

        return true;
    }

    /// <summary>How many requests to cancel the task has not answered with <see cref="Uncancel"/>.</summary>
    /// <remarks>asyncio: <c>Task.cancelling</c>.</remarks>
    public int Cancelling() => _cancelRequests;

    /// <summary>Takes one request back, because it has been dealt with.</summary>
    /// <returns>The number of requests that remain. At 0 one that was not yet delivered is dropped too.</returns>
    /// <remarks>Loop thread only. For blocks that cancel their own task, as <c>Aio.Timeout</c> does. asyncio:
    /// <c>Task.uncancel</c>.</remarks>
    public int Uncancel()
    {
        if (_cancelRequests > 0 && --_cancelRequests == 0)
        {
            _flags &= ~(TaskFlags.MustCancel | TaskFlags.TokenFired);
        }

        return _cancelRequests;
    }

    /// <summary>Whether an exception means that this task was cancelled, and not that something else was.</summary>
    /// <remarks>A BCL call that heard of the request through the task's token ends with an exception of its own.</remarks>
    internal bool IsOwnCancellation(OperationCanceledException exception) =>
        exception is CancelledException || (_cancelRequests > 0 && Has(TaskFlags.TokenFired));

    /// <summary>Counts a request and cancels the task's token.</summary>
    /// <returns>Whether the token delivers the request: what the task awaits was given it.</returns>
    private bool CountRequest()
    {
        _cancelRequests++;
        if (_tokenSource is not { } source)
        {
            return false;
        }

        bool delivers = Has(TaskFlags.WaitsForForeign) && Has(TaskFlags.TokenRead);
        _tokenSource = null;
        _flags |= TaskFlags.TokenFired;
        try
        {
            source.Cancel();
        }
        catch (AggregateException e)
        {
            Loop.CallExceptionHandler(new ExceptionContext
            {
                Message = "A callback of a task's cancellation token threw an exception.",
                Exception = e,
                Source = this,
            });
        }

        source.Dispose();
        return delivers;
    }

    /// <summary>Cancels the task, from whatever thread, when a token of the caller's is cancelled.</summary>
    private void ListenTo(CancellationToken token)
    {
        if (token.IsCancellationRequested)
        {
            Cancel();
            return;
        }

        _listening = token.UnsafeRegister(
            static state =>
            {
                var task = (LoopTask)state!;
                task.Loop.TryPostThreadSafe(CancelItem.Instance, task, null);
            },
            this);
    }

    private void ReleaseTokens()
    {
        if (_listening != default)
        {
            _listening.Unregister();
            _listening = default;
        }

        _tokenSource?.Dispose();
        _tokenSource = null;
    }

    private sealed class CancelItem : WorkItem
    {
        public static readonly CancelItem Instance = new();

        internal override void Execute(object? first, object? second) => ((LoopTask)first!).Cancel();
    }
}
