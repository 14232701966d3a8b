namespace Gyre;

/// <summary>A queue from which the least item leaves first; equal ones in the order in which they were
/// put.</summary>
/// <typeparam name="T">The type of the items. A tuple <c>(priority, item)</c> is compared part by
/// part.</typeparam>
/// <remarks>Otherwise as <see cref="LoopQueue{T}"/>. Guarantee G-74. An error of the comparer leaves the call that met it,
/// and nothing has changed then. asyncio: <c>PriorityQueue</c>.</remarks>
public sealed class LoopPriorityQueue<T> : LoopQueue<T>
{
    /// <summary>Makes a queue.</summary>
    /// <param name="maxSize">How many items it holds at most. Zero or less: any number.</param>
    /// <param name="comparer">Says which item is less. The type's own order when null.</param>
    public LoopPriorityQueue(int maxSize = 0, IComparer<T>? comparer = null)
        : base(maxSize, new PriorityStore<T>(comparer ?? Comparer<T>.Default))
    {
    }
}
