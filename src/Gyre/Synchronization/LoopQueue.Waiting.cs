namespace Gyre;

public partial class LoopQueue<T>
{
    /// <summary>Gets items one by one, until the queue is shut down and empty. For <c>await
    /// foreach</c>.</summary>
    /// <remarks>Loop thread only. Several tasks may enumerate at once: each item goes to one of them. Leaving
    /// the loop early loses nothing. The body calls <see cref="TaskDone"/> where somebody joins the queue. On
    /// cancel: no item is removed (G-63).</remarks>
    public LoopQueueEnumerator<T> GetAsyncEnumerator() => new(this);

    IAsyncEnumerator<T> IAsyncEnumerable<T>.GetAsyncEnumerator(CancellationToken cancellationToken) =>
        new InterfaceEnumerator(GetAsyncEnumerator(), cancellationToken);

    internal Coroutine<bool> MoveNextAsync(LoopQueueEnumerator<T> enumerator) => MovingNext.Rent(this, enumerator);

    /// <summary>For consumers that know only the interface.</summary>
    private sealed class InterfaceEnumerator(LoopQueueEnumerator<T> inner, CancellationToken token)
        : IAsyncEnumerator<T>
    {
        public T Current => inner.Current;

        public ValueTask<bool> MoveNextAsync() => BclBridge.MoveNextAsync(inner.MoveNextAsync(), token);

        public ValueTask DisposeAsync() => default;
    }
}
