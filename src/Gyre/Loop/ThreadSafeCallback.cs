namespace Gyre;

/// <summary>A callback that another thread scheduled, with the state that lets any thread cancel it.</summary>
// Pending ──the loop takes it──▶ Taken       The loop and a canceller race for one exchange;
//    └──────────Cancel────────▶ Cancelled    the loser does nothing.
internal sealed class ThreadSafeCallback(WorkItem item, ExecutionContext? context) : WorkItem
{
    private const int Pending = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;

    private int _state;

    public bool IsPending => Volatile.Read(ref _state) == Pending;

    public bool IsCancelled => Volatile.Read(ref _state) == Cancelled;

    /// <summary>The context it is going to run in; null when it will not run any more.</summary>
    public ExecutionContext? Context => IsPending ? context : null;

    public bool Cancel() => Interlocked.CompareExchange(ref _state, Cancelled, Pending) == Pending;

    internal override void Execute(object? first, object? second)
    {
        if (Interlocked.CompareExchange(ref _state, Taken, Pending) == Pending)
        {
            item.Execute(first, second);
        }
    }

    internal override void Abandon(object? first, object? second) => Cancel();
}
