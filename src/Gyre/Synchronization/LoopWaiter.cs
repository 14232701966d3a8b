namespace Gyre;

/// <summary>One place in a primitive's queue: what a task awaits until it is woken.</summary>
internal sealed class LoopWaiter : Future
{
    private readonly object _owner;

    public LoopWaiter(EventLoop loop, WaiterList list)
        : base(loop)
    {
        _owner = list.Owner;
        List = list;
    }

    /// <summary>The list that holds the waiter, or null once it has left.</summary>
    public WaiterList? List { get; set; }

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

        List?.CountCancelled();
        return true;
    }

    public void Wake() => TryFinish();

    /// <summary>What is waited for, as a report about a deadlock shows it.</summary>
    internal override string Describe() => _owner.ToString()!;
}
