namespace Gyre;

/// <summary>A callback that does nothing: it says that somebody waits for the future, who waits in a way that the
/// library does not see.</summary>
internal sealed class AwaitedByItem(Future waiter) : WorkItem, IWaitLink
{
    public static void Add(Future future, Future waiter)
    {
        Remove(future, waiter);
        if (!future.IsDone)
        {
            future.AddCallback(new AwaitedByItem(waiter));
        }
    }

    public static void Remove(Future future, Future waiter) =>
        future.RemoveCallbacks(item => item is AwaitedByItem added && added.IsFor(waiter));

    public void CollectAwaiters(ICollection<Future> awaiters) => awaiters.Add(waiter);

    internal override void Execute(object? first, object? second)
    {
    }

    private bool IsFor(Future other) => waiter == other;
}
