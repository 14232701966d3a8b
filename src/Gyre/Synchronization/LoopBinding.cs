namespace Gyre;

/// <summary>The loop that a primitive belongs to: the first one in which somebody had to wait for
/// it.</summary>
internal struct LoopBinding
{
    private EventLoop? _loop;

    /// <summary>The running loop, to which the owner is bound from now on.</summary>
    /// <exception cref="InvalidOperationException">The owner is bound to another loop.</exception>
    public EventLoop Bind(object owner)
    {
        EventLoop running = EventLoop.Running;

        // Two loops may meet here for the first time at once. Pairs with itself: one exchange wins, the other
        // loop sees the winner.
        EventLoop bound = _loop ?? Interlocked.CompareExchange(ref _loop, running, null) ?? running;
        return bound == running ? running : throw new InvalidOperationException(
            $"{owner} belongs to another event loop, the first that waited for it. Make one for each loop, "
            + "and go between loops with CallSoonThreadSafe.");
    }

    /// <summary>In debug mode: throws when the owner's loop runs and this is not its thread.</summary>
    public readonly void AssertOnLoop() => _loop?.AssertOnLoop();
}
