namespace Gyre;

/// <summary>The lines of a reader for BCL code, which knows only <see cref="IAsyncEnumerator{T}"/>.</summary>
/// <remarks>Loop thread only: each line is read in a task of its own, on the running loop.</remarks>
internal sealed class BclLineEnumerator<T>(Func<Coroutine<T?>> readLine, CancellationToken cancellationToken)
    : IAsyncEnumerator<T>
    where T : class
{
    private T? _current;

    public T Current => _current ?? throw new InvalidOperationException("There is no line. Call MoveNextAsync first.");

    public ValueTask<bool> MoveNextAsync() => BclBridge.MoveNextAsync(ReadAsync(), cancellationToken);

    public ValueTask DisposeAsync() => default;

    private async Coroutine<bool> ReadAsync()
    {
        _current = await readLine();
        return _current is not null;
    }
}
