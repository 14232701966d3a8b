using Gyre.Polling;

namespace Gyre;

/// <summary>What other threads may touch of a loop: entries that they post, and whether it must be woken.</summary>
/// <remarks>
/// <para>A list of segments. A poster reserves a place in the last one with an interlocked increment, fills it, and
/// publishes it by the place's state. The loop reads the places in the order of their reservation, and comes no
/// further than the first that is not published. Only who finds the last segment full takes the lock, to add the
/// next.</para>
/// <para>A poster wakes the loop only when the loop said that it is about to block, and takes that word back: the
/// loop is woken at most once for each time it blocks, however many entries arrive.</para>
/// </remarks>
// Invariants:
// - Only the last segment of an open inbox has Reserved below Size. So a poster that has kept an older one, or one
//   that waits to be used again, is refused there and looks for the last one anew.
// - Positions rise along the list. What is reserved will be published: nothing in between can fail.
// - Between Reserved (poster, full fence) and _blocking (loop, full fence) each side writes its own and then reads
//   the other's. So one of them sees the other: the poster that the loop blocks, or the loop that a place is reserved.
internal sealed class LoopInbox
{
    /// <summary>Segments to keep, a megabyte.</summary>
    private const int FreeMax = 64;

    private const int No = 0;
    private const int Yes = 1;

    private readonly Poller _poller;
    private readonly Lock _lock = new();
    private readonly BurstPool<InboxSegment> _free = new(FreeMax);

    // The loop's own state is in another object: what it writes there must not share a line with what posters read.
    private readonly InboxReader _reader;

    private InboxSegment _last = new() { Start = InboxSegment.Size };
    private bool _closed;
    private int _blocking;

    public LoopInbox(EventLoop loop, Poller poller)
    {
        _poller = poller;
        _last.Reserved = 0;
        _reader = new InboxReader(loop, this, _last);
    }

    /// <summary>Whether nothing was posted that the loop has not taken. Loop thread only; it may be late to see a
    /// post.</summary>
    public bool IsEmpty => !_reader.HasPublished;

    /// <summary>Posts an entry from any thread. False when the loop is closed and will never run it.</summary>
    public bool TryPost(in ReadyEntry entry) => TryPost(entry, canCancel: false, out _, out _);

    /// <summary>Posts an entry that may be cancelled, by its segment and position.</summary>
    public bool TryPost(in ReadyEntry entry, bool canCancel, out InboxSegment segment, out long position)
    {
        position = 0;
        segment = Volatile.Read(ref _last);
        while (!Volatile.Read(ref _closed))
        {
            // A full fence: pairs with that of TryBeginBlocking.
            int index = Interlocked.Increment(ref segment.Reserved) - 1;
            if ((uint)index < InboxSegment.Size)
            {
                position = segment.Start + index;
                segment.Slots[index].Publish(position, entry, canCancel);
                if (Volatile.Read(ref _blocking) == Yes && Interlocked.Exchange(ref _blocking, No) == Yes)
                {
                    // A system call. The poller ignores it after its end.
                    _poller.Wake();
                }

                return true;
            }

            segment = NextOf(segment);
        }

        return false;
    }

    /// <summary>Says that the loop is about to block. False when entries have arrived and it must not.</summary>
    public bool TryBeginBlocking()
    {
        if (_reader.HasPublished)
        {
            return false;
        }

        // A full fence: pairs with the increment of TryPost.
        Interlocked.Exchange(ref _blocking, Yes);
        if (!_reader.HasReserved)
        {
            return true;
        }

        // Who has seen the word wakes the loop, and must find it blocked: then there is no wake but one for a block.
        if (Interlocked.Exchange(ref _blocking, No) == No)
        {
            return true;
        }

        _reader.WaitForPublished();
        return false;
    }

    /// <summary>Queues the turns of what was posted, in the order of posting.</summary>
    public void DrainTo(ReadyQueue ready)
    {
        // Only this thread says that the loop blocks. A poster that has just seen it wakes the loop once in vain.
        if (_blocking == Yes)
        {
            Volatile.Write(ref _blocking, No);
        }

        if (_reader.HasPublished)
        {
            _reader.DrainTo(ready);
        }
    }

    /// <summary>As <see cref="DrainTo"/>, with everything that is reserved at this moment.</summary>
    public void DrainAllTo(ReadyQueue ready) => _reader.DrainAllTo(ready, End());

    /// <summary>Refuses every further entry. Entries that are inside go to the ready queue, to be abandoned
    /// there.</summary>
    public void Close(ReadyQueue ready)
    {
        long end;
        lock (_lock)
        {
            Volatile.Write(ref _closed, true);

            // No reservation succeeds behind this, and what came before it is counted.
            int reserved = Interlocked.Exchange(ref _last.Reserved, InboxSegment.Size);
            end = _last.Start + Math.Min(reserved, InboxSegment.Size);
        }

        _reader.DrainAllTo(ready, end);
    }

    /// <summary>The position behind the last one that is reserved. Loop thread only.</summary>
    public long End()
    {
        InboxSegment last = Volatile.Read(ref _last);
        return last.Start + Math.Min(Volatile.Read(ref last.Reserved), InboxSegment.Size);
    }

    /// <summary>Keeps a segment for the next one that is needed. Nobody is inside it.</summary>
    public void Reuse(InboxSegment segment)
    {
        lock (_lock)
        {
            _free.Return(segment);
        }
    }

    /// <summary>The last segment, which is a new one if <paramref name="full"/> still is the last and
    /// full.</summary>
    private InboxSegment NextOf(InboxSegment full)
    {
        lock (_lock)
        {
            // A segment that was found full may have been emptied and made the last one again meanwhile.
            if (_last == full && !_closed && full.Reserved >= InboxSegment.Size)
            {
                InboxSegment next = _free.TryTake(out InboxSegment? free) ? free : new InboxSegment();
                next.Start = full.Start + InboxSegment.Size;
                next.Next = null;
                full.Next = next;
                Volatile.Write(ref _last, next);

                // Opens the segment: a release, behind which its start is known. Pairs with the increment of TryPost.
                Volatile.Write(ref next.Reserved, 0);
            }

            return _last;
        }
    }
}
