namespace Gyre.Testing;

/// <summary>On a virtual clock: nothing is ready, no timer is left, and tasks are still waiting.</summary>
/// <remarks>The message tells who waits for what, and names a circle if there is one.</remarks>
public sealed class DeadlockException : Exception
{
    internal DeadlockException(EventLoop loop)
        : base("Deadlock: nothing is ready, and no timer is left that could change that."
            + Environment.NewLine + WaitReport.Describe(loop)) => Tasks = loop.AllTasks();

    /// <summary>The tasks that wait for ever.</summary>
    public IReadOnlyList<LoopTask> Tasks { get; }
}
