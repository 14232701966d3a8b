using Gyre.Polling;

namespace Gyre;

/// <summary>How an <see cref="EventLoop"/> is made.</summary>
public sealed class EventLoopOptions
{
    /// <summary>The clock. The system's monotonic clock when null.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>The system interface for I/O. By default the best that the machine has.</summary>
    public PollerBackend Backend { get; init; }

    /// <summary>A poller to use instead of one of <see cref="Backend"/>. The loop disposes of it.</summary>
    public Poller? Poller { get; init; }

    /// <summary>Whether the loop starts in debug mode. When null, the environment variable <c>GYRE_DEBUG</c>
    /// set to <c>1</c> turns it on.</summary>
    public bool? Debug { get; init; }

    /// <summary>How long the loop may poll before it blocks, where it has learned that this pays. Zero: never.</summary>
    /// <value>Null by default: what the environment variable <c>GYRE_BUSY_POLL</c> says, in microseconds; without it
    /// 50 µs. A loop with a <see cref="Clock"/> or a <see cref="Poller"/> of its own does not poll unless this is set. At
    /// most 1 ms.</value>
    /// <remarks>A processor that sleeps takes long to wake: where the next event comes at once, as in a dialogue over
    /// one connection, polling answers in a fraction of the time. The loop polls only while that finds something in
    /// time; what it polls in vain stays below 1 % of a processor.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is below zero or above 1 ms.</exception>
    public TimeSpan? BusyPoll
    {
        get;
        init
        {
            if (value is { } budget)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(budget, TimeSpan.Zero);
                ArgumentOutOfRangeException.ThrowIfGreaterThan(budget, BusyPollMax);
            }

            field = value;
        }
    }

    /// <summary>How many awaits may end in one turn of the loop: the last of them gives way to what else is ready, to I/O
    /// and to timers. Zero: any number, as in asyncio.</summary>
    /// <value>10,000 by default.</value>
    /// <remarks>A turn is a task's step, with the steps that it starts eagerly. Awaits of BCL tasks and of
    /// <see cref="ValueTask"/>s are not counted. The task gives way as with <c>Aio.Yield()</c>, between the end of what it
    /// awaited and its own next line, and nothing is lost: a request to cancel that comes meanwhile waits for the next
    /// await that waits. Guarantee G-83.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is below zero.</exception>
    public int StepBudget
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    = StepBudgetUsual;

    internal const int StepBudgetUsual = 10_000;

    /// <summary>Whether timers that come thick share the wake-ups of the loop. When null: by the machine's clock they do;
    /// virtual time is exact.</summary>
    internal bool? PacesTimers { get; init; }

    internal static TimeSpan BusyPollUsual { get; } = TimeSpan.FromMicroseconds(50);

    internal static TimeSpan BusyPollMax { get; } = TimeSpan.FromMilliseconds(1);
}
