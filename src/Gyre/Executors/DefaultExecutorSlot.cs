namespace Gyre;

/// <summary>A loop's default executor, made on first use, and whether it has been shut down.</summary>
internal sealed class DefaultExecutorSlot : IDisposable
{
    private Executor? _executor;
    private bool _shutDown;

    public bool IsUsed => _executor is not null;

    public static DefaultExecutorSlot Of(EventLoop loop) =>
        loop.Attachment(static _ => new DefaultExecutorSlot());

    public Executor Get()
    {
        if (_shutDown)
        {
            throw new InvalidOperationException(
                "The loop's default executor was shut down. Give RunInExecutor an executor of your own.");
        }

        return _executor ??= new ThreadPoolExecutor(threadNamePrefix: "Gyre");
    }

    public void Set(Executor executor)
    {
        ArgumentNullException.ThrowIfNull(executor);
        _executor = executor;
    }

    public async Coroutine ShutDown(EventLoop loop, TimeSpan? timeout)
    {
        _shutDown = true;
        if (_executor is not { } executor)
        {
            return;
        }

        executor.Shutdown(wait: false);

        // A thread of its own does the waiting. In time, it is done as soon as the others are.
        var waiting = new ThreadPoolExecutor(1, "Gyre shutdown");
        bool inTime = false;
        try
        {
            await Waiting.WaitFor(loop.RunInExecutor(waiting, () => executor.Shutdown(wait: true)), timeout);
            inTime = true;
        }
        catch (TimeoutException)
        {
            RuntimeWarnings.Raise(
                $"calls of the default executor did not end within {timeout!.Value.TotalSeconds:0.###} s");
        }
        finally
        {
            waiting.Shutdown(wait: inTime);
        }
    }

    /// <summary>The loop has closed. Threads end when their calls have ended.</summary>
    public void Dispose() => _executor?.Shutdown(wait: false);
}
