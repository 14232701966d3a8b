namespace Gyre;

/// <summary>A coroutine that another thread wants to be run by a loop.</summary>
/// <remarks>Posted to the loop, where it makes the task. From then on the task's mirror tells the other
/// thread.</remarks>
/// <param name="loop">The loop.</param>
/// <param name="create">Makes the task, on the loop's thread.</param>
/// <param name="drop">Called instead when it will not be run.</param>
/// <param name="cancellationToken">Cancels the task.</param>
internal sealed class CoroutineCall<T>(
    EventLoop loop, Func<Future> create, Action? drop, CancellationToken cancellationToken) : WorkItem
{
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Posts the call. Any thread.</summary>
    /// <exception cref="InvalidOperationException">The loop is closed.</exception>
    public Task<T> Begin()
    {
        if (!loop.TryPostThreadSafe(this, null, null, ExecutionContext.Capture()))
        {
            drop?.Invoke();
            throw Closed();
        }

        return _source.Task;
    }

    internal override void Execute(object? first, object? second)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            // It does not even begin, like a task that is cancelled before its first step.
            drop?.Invoke();
            _source.TrySetCanceled(cancellationToken);
            return;
        }

        Future task;
        try
        {
            task = create();
        }
        catch (Exception e)
        {
            // Nobody else has the coroutine any more.
            drop?.Invoke();
            _source.TrySetException(e);
            return;
        }

        new FutureMirror<T>(task, _source, cancellationToken).Begin();
    }

    internal override void Abandon(object? first, object? second)
    {
        drop?.Invoke();
        _source.TrySetException(Closed());
    }

    private static InvalidOperationException Closed() =>
        new("The event loop is closed. The coroutine was not run.");
}
