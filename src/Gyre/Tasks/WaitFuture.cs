namespace Gyre;

/// <summary>A future without a result that its owner gives to one waiter after another.</summary>
/// <remarks>
/// It never leaves the library: whoever waits for it awaits it inside a coroutine of the owner, and looks at the
/// owner's
/// state when it wakes. So a wait that repeats with every message allocates nothing.
/// </remarks>
internal sealed class WaitFuture(EventLoop loop) : Future(loop)
{
    /// <summary>Wakes the waiter. Does nothing when it was woken or cancelled before.</summary>
    public void Release() => TryFinish();

    /// <summary>Whether <see cref="ReleaseInTurn"/> would resume a task without a turn of its own.</summary>
    public bool CanReleaseInTurn => CanFinishInTurn;

    /// <summary>As <see cref="Release"/>, at the end of a turn of I/O: a task that waits takes its step inside the
    /// call, if it can.</summary>
    public void ReleaseInTurn()
    {
        if (!TryFinishInTurn())
        {
            TryFinish();
        }
    }

    /// <summary>Reads what releasing the task that waits will touch.</summary>
    public int LoadAhead() => LastCallback is LoopTask { Leaf: { } leaf } ? leaf.LoadAhead() : 0;

    /// <summary>Makes the future pending again. The waiter before has been resumed.</summary>
    public void Reset() => Reopen();

    internal override string Describe() => "wait";
}
