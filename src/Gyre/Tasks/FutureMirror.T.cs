namespace Gyre;

/// <inheritdoc cref="FutureMirror"/>
internal sealed class FutureMirror<T>(Future future) : FutureMirror(future)
{
    // Continuations run elsewhere: code that waits for the BCL task is no part of the loop's iteration.
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _source.Task;

    private protected override void Copy(Future future)
    {
        if (future.IsCancelled)
        {
            _source.TrySetCanceled();
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
