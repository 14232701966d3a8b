using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>One entry of the ready queue: what to run, what to give it, and the context to run it in.</summary>
/// <remarks>A null context leaves the choice to the item; a task brings its own.</remarks>
// Three words. Bare delegates stand for themselves, and the few items with a second object get a third to carry
// both: a million entries that wait are a million of these.
internal struct ReadyEntry
{
    /// <summary>A WorkItem, an Action, or an Action of object.</summary>
    public object Item;

    /// <summary>What a work item is given first; the state of an Action of object.</summary>
    public object? First;
    public ExecutionContext? Context;

    /// <summary>Makes an entry of what the fields may be.</summary>
    public ReadyEntry(object item, object? first, ExecutionContext? context) => (Item, First, Context) = (item, first, context);

    public ReadyEntry(WorkItem item, object? first, object? second, ExecutionContext? context)
    {
        Context = context;
        if (ReferenceEquals(item, Callbacks.Action))
        {
            Item = (Action)first!;
            First = null;
        }
        else if (ReferenceEquals(item, Callbacks.ActionWithState))
        {
            Item = (Action<object?>)first!;
            First = second;
        }
        else
        {
            Item = second is null ? item : new Pair(item, first, second);
            First = second is null ? first : null;
        }
    }

    /// <summary>What is named when something is to be said about the entry.</summary>
    public readonly object Source => Item switch
    {
        Delegate callback => callback,
        Pair pair => pair.First ?? pair.Inner,
        _ => First ?? Item,
    };

    /// <summary>What is named when the entry held up the loop.</summary>
    public readonly object NamedAs => Item is WorkItem item ? item.NamedAs(First) : Item;

    public readonly void Execute()
    {
        // Delegates are sealed and Action of object is no other's variant, so the exact types are all there are.
        object item = Item;
        if (item.GetType() == typeof(Action))
        {
            Unsafe.As<Action>(item)();
        }
        else if (item.GetType() == typeof(Action<object?>))
        {
            Unsafe.As<Action<object?>>(item)(First);
        }
        else
        {
            Unsafe.As<WorkItem>(item).Execute(First, null);
        }
    }

    public readonly void Abandon() => (Item as WorkItem)?.Abandon(First, null);

    private sealed class Pair(WorkItem inner, object? first, object second) : WorkItem
    {
        public WorkItem Inner => inner;

        public object? First => first;

        internal override object NamedAs(object? none) => inner.NamedAs(first);

        internal override void Execute(object? none, object? nothing) => inner.Execute(first, second);

        internal override void Abandon(object? none, object? nothing) => inner.Abandon(first, second);
    }
}
