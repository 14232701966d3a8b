using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>The handles that are ready to run: first in, first out, in chunks.</summary>
/// <remarks>
/// <para>Loop thread only. Positions count up for ever and never repeat, so a position names one entry for the
/// life of the loop. That makes a handle a loop and a number, and scheduling free of allocation.</para>
/// <para>A burst adds chunks, and moves nothing. A chunk that has been run is used again; of those that a burst
/// has left, all but a few are the collector's to take.</para>
/// </remarks>
// Invariant: _tail points into the last chunk, or just behind it; _head into the first.
internal sealed class ReadyQueue
{
    private const int ChunkShift = 10;
    private const int ChunkSize = 1 << ChunkShift;

    // The chunks in use, as a ring: that of position p is at (p / ChunkSize) modulo its length, a power of two.
    private ReadyEntry[]?[] _chunks = new ReadyEntry[]?[4];
    private ReadyEntry[] _headChunk;
    private ReadyEntry[] _tailChunk;
    private long _head;
    private long _tail;
    private long _iterationEnd;
    private long _turnsInside;

    public ReadyQueue()
    {
        _headChunk = _tailChunk = _chunks[0] = ChunkPool.Take();
    }

    public int Count => (int)(_tail - _head);

    /// <summary>The position of the next entry to run. While an entry runs, it stands for that entry's turn.</summary>
    public long Position => _head;

    /// <summary>A number for the turn that is being taken. Increases, and never repeats.</summary>
    public long Turn => _head + _turnsInside;

    /// <summary>An entry that stands for several items comes to the next one of them.</summary>
    public void CountTurn() => _turnsInside++;

    /// <summary>An iteration runs what is in the queue now, and nothing that is added from now on.</summary>
    /// <returns>How many entries that is.</returns>
    public int BeginIteration()
    {
        _iterationEnd = _tail;
        return Count;
    }

    /// <summary>Whether the entry at a position is the last one, and waits for an iteration that has not begun: what
    /// is added to it now runs when an entry that was added now would.</summary>
    public bool IsOpen(long position) => position == _tail - 1 && position >= _iterationEnd;

    /// <summary>Adds an entry and returns its position.</summary>
    public long Enqueue(WorkItem item, object? first, object? second, ExecutionContext? context)
    {
        if (second is not null || item == Callbacks.Action)
        {
            var entry = new ReadyEntry(item, first, second, context);
            return Enqueue(entry.Item, entry.First, entry.Context);
        }

        return Enqueue(item, first, context);
    }

    /// <summary>Adds an entry of what <see cref="ReadyEntry.Item"/> may be, and returns its position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Enqueue(object item, object? first, ExecutionContext? context)
    {
        long position = _tail;
        int index = (int)position & (ChunkSize - 1);
        if (index == 0)
        {
            BeginChunk(position);
        }

        ref ReadyEntry entry = ref _tailChunk[index];

        // The slot is empty. Storing a null again would cost as much as storing an object: the collector is told.
        entry.Item = item;
        if (first is not null)
        {
            entry.First = first;
        }

        if (context is not null)
        {
            entry.Context = context;
        }

        _tail = position + 1;
        return position;
    }

    /// <summary>Removes the oldest entry. The queue must not be empty.</summary>
    public ReadyEntry Dequeue()
    {
        Debug.Assert(_head < _tail, "Only an entry that was counted is taken.");
        int index = (int)_head & (ChunkSize - 1);
        ref ReadyEntry slot = ref _headChunk[index];
        ReadyEntry entry = slot;
        slot = default;
        _head++;
        if (index == ChunkSize - 1)
        {
            EndChunk();
        }

        return entry;
    }

    /// <summary>Whether the entry at <paramref name="position"/> still waits for its turn.</summary>
    public bool Contains(long position) => position >= _head && position < _tail;

    /// <summary>The entry at a position that <see cref="Contains"/> confirms.</summary>
    public ref ReadyEntry At(long position) => ref _chunks[RingIndex(position)]![(int)position & (ChunkSize - 1)];

    /// <summary>What holds the entry at a position, to see whether it is let go of.</summary>
    internal object ChunkOf(long position) => _chunks[RingIndex(position)]!;

    private int RingIndex(long position) => (int)(position >> ChunkShift) & (_chunks.Length - 1);

    /// <summary>The tail comes to a new chunk. It has one already where the queue is empty.</summary>
    private void BeginChunk(long position)
    {
        if (position == _head)
        {
            _tailChunk = _headChunk;
            return;
        }

        if ((position >> ChunkShift) - (_head >> ChunkShift) == _chunks.Length)
        {
            GrowRing();
        }

        _tailChunk = _chunks[RingIndex(position)] = ChunkPool.Take();
    }

    /// <summary>The head leaves a chunk, which is empty now.</summary>
    private void EndChunk()
    {
        ReadyEntry[] empty = _headChunk;
        _chunks[RingIndex(_head - 1)] = null;
        if (_head == _tail)
        {
            // The last one goes on from its beginning: a loop with little to do stays in one chunk.
            _chunks[RingIndex(_head)] = empty;
            return;
        }

        _headChunk = _chunks[RingIndex(_head)]!;
        ChunkPool.Return(empty);
    }

    private void GrowRing()
    {
        var chunks = new ReadyEntry[]?[_chunks.Length * 2];
        for (long first = _head >> ChunkShift, i = first; i < first + _chunks.Length; i++)
        {
            chunks[(int)i & (chunks.Length - 1)] = _chunks[(int)i & (_chunks.Length - 1)];
        }

        _chunks = chunks;
    }

    /// <summary>Empty chunks of a thread.</summary>
    private static class ChunkPool
    {
        private const int KeptMax = 4;

        [ThreadStatic]
        private static BurstPool<ReadyEntry[]>? t_pool;

        private static BurstPool<ReadyEntry[]> Pool => t_pool ??= new BurstPool<ReadyEntry[]>(KeptMax);

        public static ReadyEntry[] Take() => Pool.TryTake(out ReadyEntry[]? chunk) ? chunk : new ReadyEntry[ChunkSize];

        public static void Return(ReadyEntry[] chunk) => Pool.Return(chunk);
    }
}
