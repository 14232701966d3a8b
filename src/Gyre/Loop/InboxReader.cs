namespace Gyre;

/// <summary>The loop's end of its inbox, and the item that stands in the ready queue for each posted entry.</summary>
/// <remarks>Loop thread only. An entry that was posted is not copied: the loop queues this item once for each, and in
/// its turn the next entry is taken from its place. Both orders are the same. A segment whose last entry was taken is
/// used again, unless one of its entries was cancelled: its handles say so for ever.</remarks>
// taken ≤ drained ≤ reserved:  segments … [taken]──▶ … ──▶ [drained]──▶ … ──▶ (the last, where posters reserve)
// Slots and ends are kept here because posters write to the line on which the segment itself has them.
internal sealed class InboxReader(EventLoop loop, LoopInbox inbox, InboxSegment first) : WorkItem
{
    /// <summary>No more is drained for one iteration: others may post faster than the loop can run, and timers and I/O
    /// have their turn between two.</summary>
    private const int DrainMax = 128 * InboxSegment.Size;

    private InboxSegment _draining = first;
    private InboxSlot[] _drainingSlots = first.Slots;
    private long _drainingEnd = first.Start + InboxSegment.Size;
    private long _drained = first.Start;

    private InboxSegment _taking = first;
    private InboxSlot[] _takingSlots = first.Slots;
    private long _takingEnd = first.Start + InboxSegment.Size;
    private long _taken = first.Start;
    private bool _hasCancelled;

    /// <summary>Whether an entry was published that is not drained.</summary>
    public bool HasPublished =>
        TryFindNext() && _drainingSlots[(int)_drained & (InboxSegment.Size - 1)].IsPublished(_drained);

    /// <summary>Whether a place is reserved that is not drained. Behind a full fence this misses none that a poster
    /// has reserved in front of his.</summary>
    public bool HasReserved => TryFindNext() && _drained < _draining.Start + Volatile.Read(ref _draining.Reserved);

    /// <summary>Waits for the entry of a place that is reserved: for a few writes of another thread.</summary>
    public void WaitForPublished()
    {
        var spin = default(SpinWait);
        while (!HasPublished)
        {
            // Sleeping for a millisecond would be too long.
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Queues a turn for each entry up to the first that is not published, and for no more than
    /// <see cref="DrainMax"/>.</summary>
    public void DrainTo(ReadyQueue ready)
    {
        long first = _drained;
        long limit = long.MaxValue;
        while (_drained < limit && HasPublished)
        {
            ready.Enqueue(this, null, null);
            if (++_drained - first == InboxSegment.Size)
            {
                // Others may post as fast as this reads: what comes from now on has its turn in the next iteration.
                // Not asked for sooner, because it is where posters write.
                limit = Math.Min(inbox.End(), first + DrainMax);
            }
        }
    }

    /// <summary>Queues a turn for each entry in front of <paramref name="end"/>, and waits for those that are being
    /// published.</summary>
    public void DrainAllTo(ReadyQueue ready, long end)
    {
        for (; _drained < end; _drained++)
        {
            WaitForPublished();
            ready.Enqueue(this, null, null);
        }
    }

    internal override object NamedAs(object? first)
    {
        ref InboxSlot slot = ref Oldest();
        return slot.Item is WorkItem item ? item.NamedAs(slot.First) : slot.Item!;
    }

    internal override void Execute(object? first, object? second)
    {
        if (Take(out ReadyEntry entry))
        {
            loop.RunPosted(entry);
        }
    }

    internal override void Abandon(object? first, object? second)
    {
        Oldest().Cancel(_taken);
        Take(out ReadyEntry entry);
        entry.Abandon();
    }

    private bool TryFindNext()
    {
        if (_drained < _drainingEnd)
        {
            return true;
        }

        if (_draining.Next is not { } next)
        {
            return false;
        }

        _draining = next;
        _drainingSlots = next.Slots;
        _drainingEnd = _drained + InboxSegment.Size;
        return true;
    }

    private ref InboxSlot Oldest()
    {
        if (_taken == _takingEnd)
        {
            FindTaking();
        }

        return ref _takingSlots[(int)_taken & (InboxSegment.Size - 1)];
    }

    private void FindTaking()
    {
        InboxSegment empty = _taking;
        _taking = empty.Next!;
        _takingSlots = _taking.Slots;
        _takingEnd = _taken + InboxSegment.Size;
        if (!_hasCancelled)
        {
            inbox.Reuse(empty);
        }

        _hasCancelled = false;
    }

    private bool Take(out ReadyEntry entry)
    {
        ref InboxSlot slot = ref Oldest();
        bool isTaken = slot.Take(_taken, out entry);
        _taken++;
        _hasCancelled |= !isTaken;
        return isTaken;
    }
}
