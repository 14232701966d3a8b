namespace Gyre;

/// <inheritdoc cref="FutureMirror"/>
internal sealed class FutureMirror<T> : FutureMirror
{
    private readonly TaskCompletionSource<T> _source;
    private readonly CancellationToken _cancelledBy;

    public FutureMirror(Future future)
        // Continuations run elsewhere: code that waits for the BCL task is no part of the loop's iteration.
        : this(future, new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), default)
    {
    }

    /// <param name="future">The future whose outcome is carried over.</param>
    /// <param name="source">What it is carried to.</param>
    /// <param name="cancelledBy">The token to name when the future was cancelled and the token is the cause.</param>
    public FutureMirror(Future future, TaskCompletionSource<T> source, CancellationToken cancelledBy)
        : base(future)
    {
        _source = source;
        _cancelledBy = cancelledBy;
    }

    public Task<T> Task => _source.Task;

    private protected override void Copy(Future future)
    {
        if (future.IsCancelled)
        {
            _source.TrySetCanceled(_cancelledBy.IsCancellationRequested ? _cancelledBy : default);
        }
        else if (future.RetrieveError() is { } error)
        {
            _source.TrySetException(error.SourceException);
        }
        else
        {
            _source.TrySetResult(future is IFutureResult<T> typed ? typed.Result : default!);
        }
    }

    private protected override void Fail(Exception error) => _source.TrySetException(error);
}
