namespace Gyre.Testing;

/// <summary>A clock that stands still while anything is ready and then jumps to the next timer.</summary>
/// <remarks>
/// <para>Give it to one loop through <see cref="CreateOptions"/>. Hours pass in no time, every run is the same, and a
/// program in which everybody waits for ever ends with a <see cref="DeadlockException"/>.</para>
/// <para>While a call in an executor of the library is awaited, time stands still until that has ended. Of a BCL task
/// nobody knows whether another thread will end it or something that waits for this clock: while one is awaited, the clock
/// jumps only after <see cref="Patience"/>.</para>
/// </remarks>
public sealed class VirtualClock : TimeProvider
{
    private long _ticks;

    /// <summary>How long, in real time, the clock waits before each jump while a BCL task is awaited. 100 ms by default.</summary>
    /// <remarks>With no timer to jump to, a deadlock is reported after 300 times as long. Longer is safer where such a task is the work of another thread, and slower where it waits for this
    /// clock.</remarks>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The time since the clock was made.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _ticks));

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    /// <summary>The start of the year 2000 and the time that has elapsed since.</summary>
    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero) + Elapsed;

    /// <summary>Options for a loop that runs on this clock, without I/O.</summary>
    /// <param name="debug">Whether the loop starts in debug mode.</param>
    public EventLoopOptions CreateOptions(bool debug = false) =>
        new() { Clock = this, Poller = new VirtualPoller(this), Debug = debug };

    /// <summary>Moves the clock. Never backwards.</summary>
    /// <param name="by">How far; at least zero.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        Volatile.Write(ref _ticks, _ticks + by.Ticks);
    }
}
