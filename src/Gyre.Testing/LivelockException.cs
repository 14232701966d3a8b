namespace Gyre.Testing;

/// <summary>On a virtual clock: something is always ready, and no time passes.</summary>
/// <remarks>A loop that yields until something happens, or that awaits again whatever was cancelled, keeps
/// the clock from moving. How many iterations are too many is said by
/// <see cref="VirtualClock.IterationsMax"/>.</remarks>
public sealed class LivelockException : Exception
{
    internal LivelockException(EventLoop loop, int iterations)
        : base($"The loop has run {iterations} iterations, and no time has passed."
            + Environment.NewLine + WaitReport.Describe(loop)) => Tasks = loop.AllTasks();

    /// <summary>The tasks that are not done.</summary>
    public IReadOnlyList<LoopTask> Tasks { get; }
}
