using System.ComponentModel;

namespace Gyre;

/// <summary>Something that waits in a loop's ready queue for its turn. The base of futures, tasks and timers.</summary>
/// <remarks>A class and not an interface: the iteration makes one virtual call for each item, on its hottest
/// line.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class WorkItem
{
    private protected WorkItem()
    {
    }

    /// <summary>Runs the item in its turn. Called by the iteration alone.</summary>
    /// <param name="first">What the queue's entry carried.</param>
    /// <param name="second">What the queue's entry carried beside it.</param>
    internal abstract void Execute(object? first, object? second);

    /// <summary>What is named when the item held up the loop: a delegate, or something that says its name.</summary>
    /// <param name="first">What the queue's entry carried.</param>
    internal virtual object NamedAs(object? first) => first ?? this;

    /// <summary>Called instead of <see cref="Execute"/> when the loop was closed before the item's turn.</summary>
    /// <param name="first">What the queue's entry carried.</param>
    /// <param name="second">What the queue's entry carried beside it.</param>
    internal virtual void Abandon(object? first, object? second)
    {
    }
}
