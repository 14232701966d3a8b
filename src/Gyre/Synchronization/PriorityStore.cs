namespace Gyre;

/// <summary>The least item first; equal ones in the order in which they came.</summary>
/// <remarks>
/// A binary heap of its own, because the comparer is the user's and may throw. Both operations do all their
/// comparing before they move anything: an error changes nothing, and no item is lost.
/// </remarks>
internal sealed class PriorityStore<T>(IComparer<T> comparer) : ItemStore<T>
{
    private readonly List<Entry> _heap = [];
    private long _arrivals;

    public override int Count => _heap.Count;

    public override void Add(T item)
    {
        var entry = new Entry(item, _arrivals);
        int hole = _heap.Count;
        while (hole > 0 && Compare(entry, _heap[Parent(hole)]) < 0)
        {
            hole = Parent(hole);
        }

        // Everything above the hole moves one level down, towards the new place at the end.
        _heap.Add(entry);
        for (int i = _heap.Count - 1; i > hole; i = Parent(i))
        {
            _heap[i] = _heap[Parent(i)];
        }

        _heap[hole] = entry;
        _arrivals++;
    }

    public override T Take()
    {
        Entry moving = _heap[^1];
        int last = _heap.Count - 1;
        int hole = FindHole(moving, last);
        _heap.RemoveAt(last);
        if (last == 0)
        {
            return moving.Item;
        }

        // Everything from the hole up to the root moves one level up; what falls out at the root is the
        // least.
        for (int i = hole; ; i = Parent(i))
        {
            (moving, _heap[i]) = (_heap[i], moving);
            if (i == 0)
            {
                return moving.Item;
            }
        }
    }

    public override void Clear() => _heap.Clear();

    private static int Parent(int i) => (i - 1) / 2;

    /// <summary>Where the last entry belongs when the root is gone.</summary>
    private int FindHole(in Entry moving, int count)
    {
        int hole = 0;
        while (true)
        {
            int child = (hole * 2) + 1;
            if (child >= count)
            {
                return hole;
            }

            if (child + 1 < count && Compare(_heap[child + 1], _heap[child]) < 0)
            {
                child++;
            }

            if (Compare(moving, _heap[child]) <= 0)
            {
                return hole;
            }

            hole = child;
        }
    }

    private int Compare(in Entry left, in Entry right)
    {
        int order = comparer.Compare(left.Item, right.Item);
        return order != 0 ? order : left.Arrival.CompareTo(right.Arrival);
    }

    private readonly record struct Entry(T Item, long Arrival);
}
