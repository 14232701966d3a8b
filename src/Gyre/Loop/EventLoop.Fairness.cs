namespace Gyre;

// A turn is what one entry of the ready queue does: a callback, or a task's step with the steps that it starts eagerly.
// The awaits that end in it are counted, so that no turn lasts for ever.
public sealed partial class EventLoop
{
    private const int Unlimited = int.MaxValue;

    private readonly int _awaitsInTurn;

    /// <summary>How many awaits may still end in this turn. Whoever counts one takes it off, and at 0 asks
    /// <see cref="IsBudgetSpent"/>.</summary>
    // A count and not a clock: a program takes the same path on every machine.
    internal int AwaitsLeft { get; set; }

    /// <summary>A turn begins, with a whole budget.</summary>
    internal void BeginTurn() => AwaitsLeft = _awaitsInTurn;

    /// <summary>Whether the turn has had its awaits, so that the task is to give way.</summary>
    internal bool IsBudgetSpent()
    {
        if (_awaitsInTurn != Unlimited)
        {
            return true;
        }

        AwaitsLeft = Unlimited;
        return false;
    }
}
