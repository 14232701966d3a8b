using System.Collections;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>A set of objects, told apart by reference, in the order in which they were added.</summary>
/// <remarks>Adding and removing cost the same however many there are. The BCL's ordered dictionary closes the gap behind
/// what is removed: tasks that end in the order of their creation then cost n² together.</remarks>
// _entries[0.._used): in the order of adding, with gaps where an object was removed.
// Each object is in the chain of its bucket: _buckets[hash] and Entry.Next hold an index plus one, 0 ends a chain.
// Invariant: at least one entry for each bucket, so that a chain is short; gaps are in no chain.
[DebuggerDisplay("Count = {Count}")]
internal sealed class OrderedSet<T> : IReadOnlyCollection<T>
    where T : class
{
    private const int InitialCapacity = 4;

    private Entry[] _entries = [];
    private int[] _buckets = [];
    private int _used;

    public int Count { get; private set; }

    /// <summary>Adds an object. False when it is there already.</summary>
    public bool Add(T item)
    {
        if (IndexOf(item, out _) >= 0)
        {
            return false;
        }

        if (_used == _entries.Length)
        {
            MakeRoom();
        }

        _entries[_used].Item = item;
        Link(_used++);
        Count++;
        return true;
    }

    /// <summary>Removes an object. False when it is not there.</summary>
    public bool Remove(T item)
    {
        int index = IndexOf(item, out int previous);
        if (index < 0)
        {
            return false;
        }

        int next = _entries[index].Next;
        (previous < 0 ? ref Bucket(item) : ref _entries[previous].Next) = next;
        _entries[index] = default;
        if (--Count == 0)
        {
            _used = 0;
        }

        return true;
    }

    public void Clear()
    {
        Array.Clear(_entries, 0, _used);
        Array.Clear(_buckets);
        _used = 0;
        Count = 0;
    }

    /// <summary>What is in it now, in the order of adding.</summary>
    public T[] ToArray()
    {
        if (Count == 0)
        {
            return [];
        }

        var items = new T[Count];
        int count = 0;
        for (int i = 0; i < _used; i++)
        {
            if (_entries[i].Item is { } item)
            {
                items[count++] = item;
            }
        }

        return items;
    }

    /// <summary>What is in it at the call: it may change meanwhile.</summary>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ref int Bucket(T item) =>
        ref _buckets[RuntimeHelpers.GetHashCode(item) & (_buckets.Length - 1)];

    private int IndexOf(T item, out int previous)
    {
        previous = -1;
        if (Count == 0)
        {
            return -1;
        }

        int index = Bucket(item) - 1;
        while (index >= 0 && !ReferenceEquals(_entries[index].Item, item))
        {
            previous = index;
            index = _entries[index].Next - 1;
        }

        return index;
    }

    private void Link(int index)
    {
        ref Entry entry = ref _entries[index];
        ref int bucket = ref Bucket(entry.Item!);
        entry.Next = bucket;
        bucket = index + 1;
    }

    /// <summary>Closes the gaps, and doubles the room unless half of it were gaps: each object is moved twice on average,
    /// however often this is called.</summary>
    private void MakeRoom()
    {
        int capacity = Count > _entries.Length / 2 ? _entries.Length * 2 : Math.Max(_entries.Length, InitialCapacity);
        var entries = new Entry[capacity];
        int count = 0;
        for (int i = 0; i < _used; i++)
        {
            if (_entries[i].Item is { } item)
            {
                entries[count++].Item = item;
            }
        }

        _entries = entries;
        _buckets = new int[capacity];
        _used = count;
        for (int i = 0; i < count; i++)
        {
            Link(i);
        }
    }

    private struct Entry
    {
        public T? Item;
        public int Next;
    }
}
