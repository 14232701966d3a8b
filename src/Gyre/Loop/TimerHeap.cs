namespace Gyre;

/// <summary>Pending timers, the earliest first; timers of one instant in the order in which they were added.</summary>
/// <remarks>
/// <para>Loop thread only. A heap with four children a node: half the levels of a binary one, and the children of
/// a node lie side by side. The keys stand in the array, so sifting touches no timer.</para>
/// <para>A cancelled timer stays until it comes to the top. When more than half of the entries are
/// cancelled, all of them are dropped in one pass. That pass costs what the cancellations before it have paid for, so
/// cancelling is O(1) amortised and the heap is never more than twice the pending timers (and a few).</para>
/// </remarks>
internal sealed class TimerHeap
{
    /// <summary>Below this size dropping cancelled entries in bulk is not worth a pass.</summary>
    private const int CompactCountMin = 100;

    private const int InitialCapacity = 16;

    /// <summary>An array above this size is given back when few timers are left of those that needed it.</summary>
    private const int RetainedCapacityMax = 1 << 12;

    private const int Arity = 4;

    private Entry[] _entries = new Entry[InitialCapacity];
    private int _count;
    private int _cancelled;
    private long _sequence;

    /// <summary>Entries in the heap, cancelled ones included.</summary>
    public int Count => _count;

    /// <summary>Timers that are neither due nor cancelled.</summary>
    public int PendingCount => _count - _cancelled;

    /// <summary>Schedules a timer.</summary>
    public void Add(ITimerEntry timer, long whenTicks)
    {
        timer.MarkScheduled(whenTicks);
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        SiftUp(_count++, new Entry(whenTicks, _sequence++, timer));
    }

    /// <summary>When the earliest pending timer is due, or null when none is pending.</summary>
    public long? PeekWhenTicks()
    {
        while (_count > 0 && _entries[0].Timer.IsTimerCancelled)
        {
            RemoveTop();
            _cancelled--;
        }

        return _count > 0 ? _entries[0].WhenTicks : null;
    }

    /// <summary>Moves the timers that are due to the ready queue: time order, then the order of adding.</summary>
    public void MoveDue(long nowTicks, ReadyQueue ready)
    {
        while (PeekWhenTicks() is { } when && when <= nowTicks)
        {
            ITimerEntry timer = _entries[0].Timer;
            RemoveTop();
            ready.Enqueue(timer.MarkDue(), null, null, timer.RunContext);
        }

        if (_entries.Length > RetainedCapacityMax && _count < _entries.Length / 8)
        {
            Array.Resize(ref _entries, Math.Max(InitialCapacity, _count * 2));
        }
    }

    /// <summary>Counts a timer that was cancelled while it was in the heap.</summary>
    public void OnCancelled()
    {
        _cancelled++;
        if (_count > CompactCountMin && _cancelled * 2 > _count)
        {
            Compact();
        }
    }

    /// <summary>Cancels every timer.</summary>
    public void Clear()
    {
        for (int i = 0; i < _count; i++)
        {
            _entries[i].Timer.MarkDropped();
        }

        _entries = new Entry[InitialCapacity];
        _count = 0;
        _cancelled = 0;
    }

    private static bool IsBefore(in Entry a, in Entry b) =>
        a.WhenTicks < b.WhenTicks || (a.WhenTicks == b.WhenTicks && a.Sequence < b.Sequence);

    private void Compact()
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (!_entries[i].Timer.IsTimerCancelled)
            {
                _entries[kept++] = _entries[i];
            }
        }

        Array.Clear(_entries, kept, _count - kept);
        _count = kept;
        _cancelled = 0;
        if (_entries.Length > InitialCapacity && kept < _entries.Length / 4)
        {
            Array.Resize(ref _entries, Math.Max(InitialCapacity, kept * 2));
        }

        // Floyd's way of making a heap: O(n), from the last parent up.
        for (int i = (kept - 2) / Arity; i >= 0 && kept > 1; i--)
        {
            SiftDown(i, _entries[i]);
        }
    }

    private void RemoveTop()
    {
        int last = --_count;
        Entry moved = _entries[last];
        _entries[last] = default;
        if (last > 0)
        {
            SiftDown(0, moved);
        }
    }

    private void SiftUp(int index, in Entry entry)
    {
        Entry[] entries = _entries;
        while (index > 0)
        {
            int parent = (index - 1) / Arity;
            if (!IsBefore(entry, entries[parent]))
            {
                break;
            }

            entries[index] = entries[parent];
            index = parent;
        }

        entries[index] = entry;
    }

    private void SiftDown(int index, Entry entry)
    {
        Entry[] entries = _entries;
        int count = _count;
        while (true)
        {
            int first = (index * Arity) + 1;
            if (first >= count)
            {
                break;
            }

            int least = first;
            int end = Math.Min(first + Arity, count);
            for (int child = first + 1; child < end; child++)
            {
                if (IsBefore(entries[child], entries[least]))
                {
                    least = child;
                }
            }

            if (!IsBefore(entries[least], entry))
            {
                break;
            }

            entries[index] = entries[least];
            index = least;
        }

        entries[index] = entry;
    }

    private readonly struct Entry(long whenTicks, long sequence, ITimerEntry timer)
    {
        public readonly long WhenTicks = whenTicks;

        // Ties fire in the order of adding, so the sequence is the second key.
        public readonly long Sequence = sequence;
        public readonly ITimerEntry Timer = timer;
    }
}
