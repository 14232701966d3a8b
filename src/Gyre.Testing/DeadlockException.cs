using System.Text;

namespace Gyre.Testing;

/// <summary>On a virtual clock: nothing is ready, no timer is left, and tasks are still waiting.</summary>
public sealed class DeadlockException : Exception
{
    internal DeadlockException(IReadOnlyList<LoopTask> tasks)
        : base(Describe(tasks)) => Tasks = tasks;

    /// <summary>The tasks that wait for ever.</summary>
    public IReadOnlyList<LoopTask> Tasks { get; }

    private static string Describe(IReadOnlyList<LoopTask> tasks)
    {
        var text = new StringBuilder("Deadlock: nothing is ready, and no timer is left that could change that.");
        foreach (LoopTask task in tasks)
        {
            text.AppendLine().Append("  ").Append(task).Append(" in '").Append(task.CoroutineName)
                .Append("' waits for ").Append(task.Waiter?.ToString() ?? "something outside the library");
        }

        return text.ToString();
    }
}
