namespace Gyre;

/// <summary>Gets the items of a <see cref="LoopQueue{T}"/> for <c>await foreach</c>.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
public sealed class LoopQueueEnumerator<T>
{
    private readonly LoopQueue<T> _queue;
    private T? _current;

    internal LoopQueueEnumerator(LoopQueue<T> queue) => _queue = queue;

    /// <summary>The item that was got last.</summary>
    public T Current => _current!;

    /// <summary>Waits for an item and removes it. False when the queue is shut down and empty.</summary>
    /// <remarks>On cancel: no item is removed (G-63).</remarks>
    public Coroutine<bool> MoveNextAsync() => _queue.MoveNextAsync(this);

    internal void Set(T item) => _current = item;
}
