using System.Diagnostics;

namespace Gyre;

/// <summary>The tasks that wait for a primitive, in the order of their arrival.</summary>
/// <remarks>
/// A waiter that was woken or cancelled stays in the list until its task has run, and that is what makes a
/// primitive fair: whoever comes in between sees that the place is taken.
/// </remarks>
// Invariant: every waiter before _cursor is done, so the first pending one is found in constant time,
// amortised. Invariant: _cancelled is the number of cancelled waiters in the list.
internal sealed class WaiterList(object owner)
{
    private LoopWaiter? _first;
    private LoopWaiter? _last;
    private LoopWaiter? _cursor;
    private int _cancelled;

    /// <summary>The primitive, for descriptions.</summary>
    public object Owner => owner;

    public int Count { get; private set; }

    /// <summary>Whether anybody in the list still means to go on: is pending, or was woken.</summary>
    public bool HasLive => Count > _cancelled;

    /// <summary>Adds a place at the end, with a waiter of the running loop.</summary>
    public LoopWaiter Add(EventLoop loop)
    {
        LoopWaiter waiter = WaiterPool.Take(loop);
        Add(waiter);
        return waiter;
    }

    /// <summary>Adds a place at the end, with a waiter that is in no list.</summary>
    public void Add(LoopWaiter waiter)
    {
        waiter.Enter(this);
        waiter.Previous = _last;
        if (_last is null)
        {
            _first = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
        _cursor ??= waiter;
        Count++;
        AssertInvariants();
    }

    /// <summary>Takes a waiter out. Does nothing when it has left.</summary>
    public void Remove(LoopWaiter waiter)
    {
        if (!waiter.IsListed)
        {
            return;
        }

        (LoopWaiter? previous, LoopWaiter? next) = (waiter.Previous, waiter.Next);
        if (previous is null)
        {
            _first = next;
        }
        else
        {
            previous.Next = next;
        }

        if (next is null)
        {
            _last = previous;
        }
        else
        {
            next.Previous = previous;
        }

        if (_cursor == waiter)
        {
            _cursor = next;
        }

        waiter.Leave();
        Count--;
        _cancelled -= waiter.IsCancelled ? 1 : 0;
        AssertInvariants();
    }

    /// <summary>Wakes the waiter at the head, if it is pending. One that is done will pass the wake-up on
    /// when it runs.</summary>
    public void WakeHead()
    {
        if (_first is { IsDone: false } head)
        {
            head.Wake();
        }
    }

    /// <summary>Wakes the first pending waiter, which keeps its place.</summary>
    /// <returns>False when there is none.</returns>
    public bool WakeNext()
    {
        while (_cursor is { IsDone: true } done)
        {
            _cursor = done.Next;
        }

        _cursor?.Wake();
        return _cursor is not null;
    }

    /// <summary>Takes waiters out at the head, up to the first pending one, which is woken.</summary>
    public void ReleaseNext()
    {
        while (_first is { } head)
        {
            Remove(head);
            if (!head.IsDone)
            {
                head.Wake();
                return;
            }
        }
    }

    /// <summary>Wakes every pending waiter. All keep their places.</summary>
    public void WakeAll()
    {
        while (WakeNext())
        {
        }
    }

    /// <summary>Takes every waiter out, and wakes those that are pending.</summary>
    public void ReleaseAll()
    {
        while (_first is not null)
        {
            ReleaseNext();
        }
    }

    /// <summary>A waiter of this list was cancelled.</summary>
    public void CountCancelled() => _cancelled++;

    /// <summary>A primitive's text: <c>LoopLock [locked, waiters: 2]</c>.</summary>
    public static string Describe(string type, string state, WaiterList waiters) =>
        waiters.Count == 0 ? $"{type} [{state}]" : $"{type} [{state}, waiters: {waiters.Count}]";

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(
            _cancelled >= 0 && _cancelled <= Count, "A cancelled waiter is counted once, while it is here.");
        Debug.Assert((_first is null) == (Count == 0), "An empty list has no head.");
        Debug.Assert((_last is null) == (Count == 0), "An empty list has no end.");
        Debug.Assert(_cursor is null || _cursor.IsListed, "The cursor is in the list, or past its end.");
    }
}
