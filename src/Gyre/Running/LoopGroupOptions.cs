using Gyre.Polling;

namespace Gyre;

/// <summary>How a <see cref="LoopGroup"/> is made.</summary>
public sealed class LoopGroupOptions
{
    /// <summary>How many loops, the owner's among them, at least 1.</summary>
    /// <value>Null by default: one for each processor that the process may use.</value>
    public int? Count { get; init; }

    /// <summary>How the loops are made. A <see cref="EventLoopOptions.Poller"/> is refused: each loop needs its
    /// own.</summary>
    /// <value>The defaults. The owner's loop is made with them by <c>LoopGroup.Run</c> only.</value>
    public EventLoopOptions? Loop { get; init; }

    /// <summary>What the names of the threads begin with; a number from 1 follows. The owner's thread keeps its
    /// name.</summary>
    /// <value><c>gyre-loop-</c> by default.</value>
    public string ThreadNamePrefix { get; init; } = "gyre-loop-";

    /// <summary>The exception handler of the loops, but for the owner's. It is called on their threads, perhaps on
    /// several at once.</summary>
    /// <value>Null by default: standard error.</value>
    public Action<EventLoop, ExceptionContext>? ExceptionHandler { get; init; }

    internal int CheckedCount
    {
        get
        {
            int count = Count ?? Environment.ProcessorCount;
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(Count));
            if (Loop?.Poller is not null && count > 1)
            {
                throw new ArgumentException(
                    $"A {nameof(Poller)} serves one loop, and the group has {count}. Name a backend instead.");
            }

            return count;
        }
    }
}
