using System.Diagnostics;

namespace Gyre;

/// <summary>One place in a primitive's queue: what a task awaits until it is woken.</summary>
/// <remarks>
/// Used again by the next wait. It never leaves the library, and of one that was woken, and whose task has been resumed,
/// nobody keeps anything: that task forgets what it waited for before its step begins, and the list when it is taken
/// out. One that was cancelled is not used again.
/// </remarks>
// New ──Add──▶ Listed ──Wake──▶ Woken ──Remove, its task runs──▶ Free ──Add──▶ Listed
//                 └────Cancel──▶ Cancelled ──Remove──▶ dropped
internal sealed class LoopWaiter(EventLoop loop) : Future(loop)
{
    /// <summary>The list that the waiter is in, or was in last.</summary>
    private WaiterList? _list;

    /// <summary>Whether the waiter is in its list.</summary>
    public bool IsListed { get; private set; }

    public LoopWaiter? Previous { get; set; }

    public LoopWaiter? Next { get; set; }

    /// <summary>Whether the waiter was woken, and not cancelled. Its task may not have run yet.</summary>
    public bool IsWoken => IsDone && !IsCancelled;

    public override bool Cancel(string? message = null)
    {
        if (!base.Cancel(message))
        {
            return false;
        }

        if (IsListed)
        {
            _list!.CountCancelled();
        }

        return true;
    }

    public void Wake() => TryFinish();

    /// <summary>Called by the list that takes the waiter in.</summary>
    public void Enter(WaiterList list)
    {
        Debug.Assert(!IsListed && Previous is null && Next is null, "A waiter is in one list.");
        if (IsDone)
        {
            Debug.Assert(IsWoken, "One that was cancelled is not used again.");
            Reopen();
        }

        _list = list;
        IsListed = true;
    }

    /// <summary>Called by the list that lets the waiter go.</summary>
    public void Leave()
    {
        IsListed = false;
        Previous = null;
        Next = null;
    }

    /// <summary>Lets go of the primitive. The waiter's task has been resumed.</summary>
    public void Forget() => _list = null;

    /// <summary>What is waited for, as a report about a deadlock shows it.</summary>
    internal override string Describe() => _list?.Owner.ToString() ?? "a wait that is over";
}
