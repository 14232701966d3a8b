namespace Gyre.Testing;

/// <summary>How <see cref="LoopTest"/> runs a test.</summary>
public sealed class LoopTestOptions
{
    /// <summary>The loop's clock. A new virtual one when null and <see cref="RealTime"/> is false.</summary>
    public VirtualClock? Clock { get; init; }

    /// <summary>Whether the loop runs on the system's clock and does real I/O.</summary>
    public bool RealTime { get; init; }

    /// <summary>Whether the loop is in debug mode. True by default.</summary>
    public bool Debug { get; init; } = true;

    /// <summary>How long the test may take in real time; null for no limit. 30 s by default.</summary>
    public TimeSpan? Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the test may end while tasks that it started are not done. They are cancelled
    /// then.</summary>
    public bool AllowsLeftTasks { get; init; }

    /// <summary>Whether errors may reach the loop's exception handler, and errors of futures remain
    /// unseen.</summary>
    public bool AllowsUnhandledErrors { get; init; }

    /// <summary>Cancels the test, from any thread.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Called at the start of each iteration of the loop, on its thread.</summary>
    internal Action<EventLoop>? Iterating { get; init; }
}
