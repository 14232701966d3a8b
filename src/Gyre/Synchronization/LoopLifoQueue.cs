namespace Gyre;

/// <summary>A queue from which the item that was put last leaves first.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <remarks>Otherwise as <see cref="LoopQueue{T}"/>. Guarantee G-74. asyncio: <c>LifoQueue</c>.</remarks>
public sealed class LoopLifoQueue<T> : LoopQueue<T>
{
    /// <inheritdoc cref="LoopQueue{T}(int)"/>
    public LoopLifoQueue(int maxSize = 0)
        : base(maxSize, new LifoStore<T>())
    {
    }
}
