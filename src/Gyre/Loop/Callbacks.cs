namespace Gyre;

/// <summary>The items that stand for plain delegates. They hold no state, so there is one of each.</summary>
internal static class Callbacks
{
    /// <summary>Runs an <see cref="Action"/>, carried as the entry's first object.</summary>
    public static readonly WorkItem Action = new ActionItem();

    /// <summary>Runs an <see cref="Action{T}"/> of object on the entry's second object.</summary>
    public static readonly WorkItem ActionWithState = new ActionWithStateItem();

    /// <summary>Does nothing. Takes the place of an entry that was cancelled.</summary>
    public static readonly WorkItem Cancelled = new CancelledItem();

    private sealed class ActionItem : WorkItem
    {
        internal override void Execute(object? first, object? second) => ((Action)first!)();
    }

    private sealed class ActionWithStateItem : WorkItem
    {
        internal override void Execute(object? first, object? second) => ((Action<object?>)first!)(second);
    }

    private sealed class CancelledItem : WorkItem
    {
        internal override void Execute(object? first, object? second)
        {
        }
    }
}
