using Gyre.Polling;

namespace Gyre;

/// <summary>What other threads may touch of a loop: entries that they post, and whether it must be woken.</summary>
/// <remarks>
/// One lock guards everything here, so each pair of accesses that must not pass each other is under it; but a
/// loop that finds nothing in its inbox does not take it. A poster wakes the loop only when the loop said that it
/// is about to block, and takes that word back: the loop is woken at most once for each time it blocks, however
/// many entries arrive.
/// </remarks>
internal sealed class LoopInbox(Poller poller)
{
    private const int InitialCapacity = 16;
    private const int RetainedCapacityMax = 1 << 16;

    private readonly Lock _lock = new();
    private ReadyEntry[] _entries = new ReadyEntry[InitialCapacity];
    private ReadyEntry[] _spare = new ReadyEntry[InitialCapacity];

    // Written under the lock. Read without it by the loop's thread alone, in DrainTo.
    private volatile int _count;
    private volatile bool _blocking;

    private bool _closed;

    /// <summary>Whether nothing was posted that the loop has not taken. Loop thread only; it may be late to see a
    /// post.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Posts an entry from any thread. False when the loop is closed and will never run it.</summary>
    public bool TryPost(in ReadyEntry entry)
    {
        bool wake;
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            if (_count == _entries.Length)
            {
                Array.Resize(ref _entries, _count * 2);
            }

            _entries[_count++] = entry;
            wake = _blocking;
            _blocking = false;
        }

        // Outside the lock: a wake is a system call. The poller ignores it after its end.
        if (wake)
        {
            poller.Wake();
        }

        return true;
    }

    /// <summary>Says that the loop is about to block. False when entries have arrived and it must not.</summary>
    public bool TryBeginBlocking()
    {
        lock (_lock)
        {
            _blocking = _count == 0;
            return _blocking;
        }
    }

    /// <summary>Moves what was posted to the ready queue, in the order of posting.</summary>
    public void DrainTo(ReadyQueue ready)
    {
        // An entry that is missed here is seen in the next iteration, or by TryBeginBlocking, which takes the lock.
        // Only this thread sets _blocking.
        if (_count == 0 && !_blocking)
        {
            return;
        }

        ReadyEntry[] entries;
        int count;
        lock (_lock)
        {
            _blocking = false;
            count = _count;
            if (count == 0)
            {
                return;
            }

            // The two arrays change places, so posters are held up for no longer than this.
            entries = _entries;
            _entries = _spare;
            _count = 0;
        }

        for (int i = 0; i < count; i++)
        {
            ref ReadyEntry entry = ref entries[i];
            ready.Enqueue(entry.Item, entry.First, entry.Context);
        }

        Array.Clear(entries, 0, count);
        _spare = entries.Length <= RetainedCapacityMax ? entries : new ReadyEntry[InitialCapacity];
    }

    /// <summary>Refuses every further entry. Entries that are inside go to the ready queue, to be abandoned
    /// there.</summary>
    public void Close(ReadyQueue ready)
    {
        lock (_lock)
        {
            _closed = true;
        }

        DrainTo(ready);
    }
}
