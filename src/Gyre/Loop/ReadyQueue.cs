using System.Diagnostics;

namespace Gyre;

/// <summary>One entry of the ready queue: what to run, what to give it, and the context to run it in.</summary>
/// <remarks>A null context leaves the choice to the item; a task brings its own.</remarks>
internal struct ReadyEntry(WorkItem item, object? first, object? second, ExecutionContext? context)
{
    public WorkItem Item = item;
    public object? First = first;
    public object? Second = second;
    public ExecutionContext? Context = context;
}

/// <summary>The handles that are ready to run: first in, first out, a ring that grows by doubling.</summary>
/// <remarks>
/// Loop thread only. Positions count up for ever and never repeat, so a position names one entry for the
/// life of the loop. That makes a handle a loop and a number, and scheduling free of allocation.
/// </remarks>
internal sealed class ReadyQueue
{
    private const int InitialCapacity = 64;

    /// <summary>A ring above this size is given back once it has not been needed for a while.</summary>
    private const int RetainedCapacityMax = 1 << 12;

    /// <summary>How many iterations in a row that is. A burst is often followed by another.</summary>
    private const int QuietIterationsMax = 256;

    private ReadyEntry[] _entries = new ReadyEntry[InitialCapacity];
    private long _head;
    private long _tail;
    private int _quietIterations;

    public int Count => (int)(_tail - _head);

    /// <summary>How many entries fit in before the ring grows.</summary>
    public int Capacity => _entries.Length;

    /// <summary>The position of the next entry to run. While an entry runs, it stands for that entry's turn.</summary>
    public long Position => _head;

    /// <summary>Adds an entry and returns its position.</summary>
    public long Enqueue(WorkItem item, object? first, object? second, ExecutionContext? context)
    {
        ReadyEntry[] entries = _entries;
        if (_tail - _head == entries.Length)
        {
            entries = Resize(entries.Length * 2);
        }

        ref ReadyEntry entry = ref entries[(int)_tail & (entries.Length - 1)];

        // The slot is empty. Storing a null again would cost as much as storing an object: the collector is told.
        entry.Item = item;
        if (first is not null)
        {
            entry.First = first;
        }

        if (second is not null)
        {
            entry.Second = second;
        }

        if (context is not null)
        {
            entry.Context = context;
        }

        return _tail++;
    }

    /// <summary>Removes the oldest entry. The queue must not be empty.</summary>
    public ReadyEntry Dequeue()
    {
        Debug.Assert(_head < _tail, "Only an entry that was counted is taken.");
        ReadyEntry[] entries = _entries;
        ref ReadyEntry slot = ref entries[(int)_head & (entries.Length - 1)];
        ReadyEntry entry = slot;
        slot = default;
        _head++;
        return entry;
    }

    /// <summary>Whether the entry at <paramref name="position"/> still waits for its turn.</summary>
    public bool Contains(long position) => position >= _head && position < _tail;

    /// <summary>The entry at a position that <see cref="Contains"/> confirms.</summary>
    public ref ReadyEntry At(long position) => ref _entries[(int)position & (_entries.Length - 1)];

    /// <summary>Gives back a ring that a burst made large. Called when an iteration has ended.</summary>
    /// <param name="ran">How many entries the iteration has run.</param>
    public void TrimExcess(int ran)
    {
        if (_entries.Length <= RetainedCapacityMax || Math.Max(ran, Count) > _entries.Length / 8)
        {
            _quietIterations = 0;
        }
        else if (++_quietIterations > QuietIterationsMax)
        {
            _quietIterations = 0;
            Resize(_entries.Length / 4);
        }
    }

    private ReadyEntry[] Resize(int capacity)
    {
        var entries = new ReadyEntry[capacity];
        for (long position = _head; position < _tail; position++)
        {
            entries[(int)position & (capacity - 1)] = At(position);
        }

        _entries = entries;
        return entries;
    }
}
