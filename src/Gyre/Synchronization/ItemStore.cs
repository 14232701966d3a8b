namespace Gyre;

/// <summary>Where a queue keeps its items: the order in which they leave.</summary>
internal abstract class ItemStore<T>
{
    public abstract int Count { get; }

    /// <summary>Adds an item. When this throws, nothing has changed.</summary>
    public abstract void Add(T item);

    /// <summary>Removes the next item. There is one. When this throws, nothing has changed.</summary>
    public abstract T Take();

    public abstract void Clear();
}
