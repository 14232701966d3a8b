namespace Gyre;

/// <summary>A task that waits for something that other threads bring about.</summary>
/// <remarks>Belongs to its loop, but for what the owner's lock guards.</remarks>
// Listed ──taken by a waker──▶ Woken (posted to its loop) ──its turn──▶ done ──the task's step──▶ gone
//    └──────────Cancel─────────▶ gone; one that was woken hands its hint on, also when its loop closes
//                                before the task's step
internal sealed class SharedWaiter : Future
{
    private readonly Action _onLost;

    /// <summary>Makes a waiter of the running loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="onLost">Called when the loop was closed after the wake-up and before the task went on.</param>
    public SharedWaiter(EventLoop loop, Action onLost)
        : base(loop)
    {
        _onLost = onLost;
        Node = new LinkedListNode<SharedWaiter>(this);
    }

    /// <summary>Its place in the list. Under the owner's lock.</summary>
    public LinkedListNode<SharedWaiter> Node { get; }

    /// <summary>Whether a waker has taken it out of the list. Under the owner's lock.</summary>
    public bool IsWokenUnderLock { get; set; }

    /// <summary>Has its loop resume it. Any thread, not under the lock.</summary>
    /// <returns>False when the loop is closed: nobody waits any more.</returns>
    public bool TryWake() => Loop.TryPostThreadSafe(this, null, null);

    internal override void Execute(object? first, object? second) => TryFinish();

    internal override void Abandon(object? first, object? second) => _onLost();

    internal override void OnAwaiterAbandoned() => _onLost();

    internal override string Describe() => "wait for another thread";
}
