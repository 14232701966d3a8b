namespace Gyre;

/// <summary>A place of a segment of the inbox: what was posted, and how far that has come.</summary>
// The state is the entry's position and, in its two lowest bits, one of these. Positions never repeat, so a state
// names one entry for the life of the loop: whoever compares it cannot take another entry for his own.
//
// (of an earlier entry) ──Publish──▶ Pending ──the loop takes it──▶ Taken      One exchange decides between the
//           │                           └────────Cancel──────────▶ Cancelled   loop and those who cancel.
//           └────────────Publish──▶ Fixed (nobody can cancel it)
internal struct InboxSlot
{
    /// <summary>What <see cref="ReadyEntry.Item"/> may be.</summary>
    public object? Item;
    public object? First;
    public ExecutionContext? Context;

    private const int StateBits = 2;
    private const long Pending = 0;
    private const long Taken = 1;
    private const long Cancelled = 2;
    private const long Fixed = 3;

    private long _state;

    /// <summary>Whether the entry of this position was published. Loop thread only.</summary>
    public readonly bool IsPublished(long position) => Volatile.Read(in _state) >> StateBits == position;

    public readonly bool IsPending(long position) => Volatile.Read(in _state) == (position << StateBits | Pending);

    public readonly bool IsCancelled(long position) => Volatile.Read(in _state) == (position << StateBits | Cancelled);

    /// <summary>Fills the place. Only whoever has reserved the position.</summary>
    /// <remarks>The write of the state is the last one and a release; it pairs with the read in
    /// <see cref="IsPublished"/>, behind which the loop reads the rest.</remarks>
    public void Publish(long position, in ReadyEntry entry, bool canCancel)
    {
        // The place is empty. Storing a null again would cost as much as storing an object: the collector is told.
        Item = entry.Item;
        if (entry.First is not null)
        {
            First = entry.First;
        }

        if (entry.Context is not null)
        {
            Context = entry.Context;
        }

        Volatile.Write(ref _state, position << StateBits | (canCancel ? Pending : Fixed));
    }

    /// <summary>Takes what was published out of the place. Loop thread only.</summary>
    /// <returns>False when it was cancelled.</returns>
    public bool Take(long position, out ReadyEntry entry)
    {
        long pending = position << StateBits | Pending;
        bool isTaken = _state == (position << StateBits | Fixed)
            || Interlocked.CompareExchange(ref _state, pending | Taken, pending) == pending;
        entry = new ReadyEntry(Item!, First, Context);
        Item = null;
        First = null;
        Context = null;
        return isTaken;
    }

    /// <summary>Any thread that has the handle.</summary>
    public bool Cancel(long position)
    {
        long pending = position << StateBits | Pending;
        return Interlocked.CompareExchange(ref _state, pending | Cancelled, pending) == pending;
    }

    /// <summary>The context of an entry that is pending, or null. Any thread that has the handle.</summary>
    public readonly ExecutionContext? ContextOf(long position)
    {
        if (!IsPending(position))
        {
            return null;
        }

        // The loop empties the place only after it has changed the state: one that is the same behind the read
        // says that what was read is the entry's.
        ExecutionContext? context = Volatile.Read(in Context);
        return IsPending(position) ? context : null;
    }
}
