using System.Diagnostics;

namespace Gyre;

/// <summary>Pending timers, the earliest first; timers of one instant in the order in which they were added.</summary>
/// <remarks>
/// <para>Loop thread only. A heap with four children a node: half the levels of a binary one, and the children of
/// a node lie side by side. The keys stand in the array and the timers in another, so sifting touches no timer, moves
/// two words, and has nothing to tell the collector.</para>
/// <para>A cancelled timer stays until it comes to the top. When more than half of the entries are
/// cancelled, all of them are dropped in one pass. That pass costs what the cancellations before it have paid for, so
/// cancelling is O(1) amortised and the heap is never more than twice the pending timers (and a few).</para>
/// </remarks>
// Invariant: the places of all entries, of those behind _count too, are the indices of _timers, each once. So the
// places of the entries behind _count are those that are free.
internal sealed class TimerHeap
{
    /// <summary>Below this size dropping cancelled entries in bulk is not worth a pass.</summary>
    private const int CompactCountMin = 100;

    private const int InitialCapacity = 16;

    /// <summary>An array above this size is given back when few timers are left of those that needed it.</summary>
    private const int RetainedCapacityMax = 1 << 12;

    private const int Arity = 4;

    private Entry[] _entries = [];
    private ITimerEntry?[] _timers = [];
    private int _count;
    private int _cancelled;
    private uint _sequence;

    public TimerHeap()
        : this(firstSequence: 0)
    {
    }

    internal TimerHeap(uint firstSequence)
    {
        _sequence = firstSequence;
        Resize(InitialCapacity);
    }

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
            Grow();
        }

        if (_sequence == uint.MaxValue)
        {
            Renumber();
        }

        int place = _entries[_count].Place;
        _timers[place] = timer;
        SiftUp(_count++, new Entry(whenTicks, _sequence++, place));
    }

    /// <summary>When the earliest pending timer is due, or null when none is pending.</summary>
    public long? PeekWhenTicks()
    {
        while (_count > 0 && _timers[_entries[0].Place]!.IsTimerCancelled)
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
            ITimerEntry timer = RemoveTop();
            ready.Enqueue(timer.MarkDue(), null, null, timer.RunContext);
        }

        if (_entries.Length > RetainedCapacityMax && _count < _entries.Length / 8)
        {
            Resize(Math.Max(InitialCapacity, _count * 2));
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
            _timers[_entries[i].Place]!.MarkDropped();
        }

        _count = 0;
        _cancelled = 0;
        Resize(InitialCapacity);
    }

    private static bool IsBefore(in Entry a, in Entry b) =>
        a.WhenTicks < b.WhenTicks || (a.WhenTicks == b.WhenTicks && a.Sequence < b.Sequence);

    private void Compact()
    {
        Entry[] entries = _entries;
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            Entry entry = entries[i];
            ref ITimerEntry? timer = ref _timers[entry.Place];
            if (timer!.IsTimerCancelled)
            {
                timer = null;
            }
            else
            {
                // Exchanged, not copied: the places of those that are dropped are free ones.
                entries[i] = entries[kept];
                entries[kept++] = entry;
            }
        }

        _count = kept;
        _cancelled = 0;
        if (entries.Length > InitialCapacity && kept < entries.Length / 4)
        {
            Resize(Math.Max(InitialCapacity, kept * 2));
        }

        // Floyd's way of making a heap: O(n), from the last parent up.
        for (int i = (kept - 2) / Arity; i >= 0 && kept > 1; i--)
        {
            SiftDown(i, _entries[i]);
        }
    }

    /// <summary>All places are taken: those that come are free.</summary>
    private void Grow()
    {
        Array.Resize(ref _entries, _count * 2);
        Array.Resize(ref _timers, _count * 2);
        for (int i = _count; i < _entries.Length; i++)
        {
            _entries[i] = new Entry(0, 0, i);
        }
    }

    /// <summary>Moves everything to arrays of another size, the timers to the places of their entries.</summary>
    private void Resize(int capacity)
    {
        Debug.Assert(capacity >= _count, "All entries have a place.");
        var entries = new Entry[capacity];
        var timers = new ITimerEntry?[capacity];
        for (int i = 0; i < _count; i++)
        {
            ref Entry entry = ref _entries[i];
            timers[i] = _timers[entry.Place];
            entries[i] = new Entry(entry.WhenTicks, entry.Sequence, i);
        }

        for (int i = _count; i < capacity; i++)
        {
            entries[i] = new Entry(0, 0, i);
        }

        _entries = entries;
        _timers = timers;
    }

    /// <summary>The numbers have come to their end, once in four thousand million timers: begins anew, in the same
    /// order.</summary>
    private void Renumber()
    {
        int[] order = [.. Enumerable.Range(0, _count).OrderBy(i => _entries[i].Sequence)];
        _sequence = 0;
        foreach (int i in order)
        {
            ref Entry entry = ref _entries[i];
            entry = new Entry(entry.WhenTicks, _sequence++, entry.Place);
        }
    }

    private ITimerEntry RemoveTop()
    {
        Entry[] entries = _entries;
        int place = entries[0].Place;
        int last = --_count;
        Entry moved = entries[last];
        entries[last] = new Entry(0, 0, place);
        if (last > 0)
        {
            SiftDown(0, moved);
        }

        ITimerEntry timer = _timers[place]!;
        _timers[place] = null;
        return timer;
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

    private readonly struct Entry(long whenTicks, uint sequence, int place)
    {
        public readonly long WhenTicks = whenTicks;

        // Ties fire in the order of adding, so the sequence is the second key.
        public readonly uint Sequence = sequence;

        /// <summary>Where the timer is.</summary>
        public readonly int Place = place;
    }
}
