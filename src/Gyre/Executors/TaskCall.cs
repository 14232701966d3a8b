namespace Gyre;

/// <summary>A call whose outcome goes to a BCL task.</summary>
internal sealed class TaskCall<T>(Executor executor, Func<T> function, CancellationToken cancellationToken)
    : ExecutorCall<T>(executor, function)
{
    // The threads of an executor are for its calls, not for the continuations of those who wait for them.
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;

    public Task<T> Task => _source.Task;

    /// <summary>Called before the call is queued, so that every thread that may run it sees the
    /// registration.</summary>
    public void ListenToToken() =>
        _registration = cancellationToken.UnsafeRegister(static call => ((TaskCall<T>)call!).Cancel(), this);

    public void StopListening() => _registration.Unregister();

    private protected override void DeliverResult(T result)
    {
        StopListening();
        _source.TrySetResult(result);
    }

    private protected override void DeliverError(Exception error)
    {
        StopListening();
        if (error is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            _source.TrySetCanceled(cancellationToken);
        }
        else
        {
            _source.TrySetException(error);
        }
    }

    private protected override void DeliverCancelled()
    {
        StopListening();
        _source.TrySetCanceled(cancellationToken.IsCancellationRequested ? cancellationToken : default);
    }
}
