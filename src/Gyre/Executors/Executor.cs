namespace Gyre;

/// <summary>Runs functions somewhere else than on the loop's thread, so that they may block.</summary>
/// <remarks>Any thread, except where a member says otherwise. Derive from it to run calls elsewhere than
/// <see cref="ThreadPoolExecutor"/> does. asyncio: <c>concurrent.futures.Executor</c>.</remarks>
public abstract class Executor : IDisposable
{
    /// <summary>Queues a function for a thread of the executor. asyncio: <c>submit</c>.</summary>
    /// <param name="function">Runs once, in the caller's execution context.</param>
    /// <param name="cancellationToken">Keeps the function from running if it has not begun. One that runs
    /// goes on.</param>
    /// <returns>A BCL task of the function's outcome. A coroutine on a loop uses <c>RunInExecutor</c>
    /// instead.</returns>
    /// <remarks>Functions begin in the order of the calls.</remarks>
    /// <exception cref="InvalidOperationException">The executor was shut down.</exception>
    public Task<T> Submit<T>(Func<T> function, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var call = new TaskCall<T>(this, function, cancellationToken);
        call.ListenToToken();
        try
        {
            Enqueue(call);
        }
        catch
        {
            call.StopListening();
            throw;
        }

        return call.Task;
    }

    /// <inheritdoc cref="Submit{T}(Func{T}, CancellationToken)"/>
    public Task Submit(Action action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Submit(() => ExecutorCall.Invoke(action), cancellationToken);
    }

    /// <summary>Ends the executor: it takes no further calls. asyncio: <c>shutdown</c>.</summary>
    /// <param name="wait">Whether to block until its calls are done and its threads have ended. Never block a
    /// loop's thread on calls that need that loop.</param>
    /// <param name="cancelFutures">Whether to cancel the calls that have not begun. Otherwise they still
    /// run.</param>
    /// <remarks>May be called again, for example first without and then with waiting.</remarks>
    public abstract void Shutdown(bool wait = true, bool cancelFutures = false);

    /// <summary>Shuts the executor down and waits for its calls, as <see cref="Shutdown"/> does.</summary>
    public void Dispose()
    {
        Shutdown();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes a call, to run it with <see cref="ExecutorCall.Run"/>.</summary>
    /// <exception cref="InvalidOperationException">The executor was shut down.</exception>
    protected internal abstract void Enqueue(ExecutorCall call);

    /// <summary>Tells that a call was cancelled before it began: an executor with a queue may drop
    /// it.</summary>
    /// <remarks>To run it all the same does nothing.</remarks>
    protected internal virtual void OnCancelled(ExecutorCall call)
    {
    }
}
