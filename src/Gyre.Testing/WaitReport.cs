using System.Text;

namespace Gyre.Testing;

/// <summary>The text that tells who waits for what.</summary>
/// <example>
/// <code>
/// task 'main' in WaitAll ← Main waits for task 'a', task 'b'
/// task 'a' in LockAsync ← Work waits for LoopLock [locked, waiters: 1]
/// task 'b' in Work waits for task 'c'
/// task 'c' in Work waits for task 'b'
/// A circle: task 'b' → task 'c' → task 'b'
/// </code>
/// </example>
internal static class WaitReport
{
    /// <summary>How many futures of one wait are named.</summary>
    private const int NamedMax = 10;

    /// <summary>How many tasks are listed.</summary>
    private const int TasksMax = 100;

    public static string Describe(EventLoop loop)
    {
        IReadOnlyList<LoopTask> tasks = loop.AllTasks();
        if (tasks.Count == 0)
        {
            return "No task is left either: the loop waits for a Stop that does not come.";
        }

        var text = new StringBuilder();
        foreach (LoopTask task in tasks.Take(TasksMax))
        {
            text.Append("  ").AppendLine(Describe(task));
        }

        if (tasks.Count > TasksMax)
        {
            text.AppendLine($"  and {tasks.Count - TasksMax} tasks more");
        }

        foreach (string circle in Circles(tasks))
        {
            text.Append("  A circle: ").AppendLine(circle);
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>One task, where it is, and what it waits for.</summary>
    public static string Describe(LoopTask task) =>
        $"{task.Describe()} in {string.Join(" ← ", task.CoroutineNames)} {Wait(task)}";

    private static string Wait(LoopTask task) =>
        task.Waiter is { IsDone: false } pending ? "waits for " + Name(pending)
        : task.Waiter is { } done ? $"has what it waited for ({done.Describe()}), and is ready to run"
        : task.IsInForeignAwait ? "waits for something outside the library"
        : !task.IsStarted ? "has not started"
        : "is ready to run";

    private static string Name(Future future)
    {
        if (future is LoopTask || future.WaitsFor.Count == 0)
        {
            return future.Describe();
        }

        Future[] pending = [.. future.WaitsFor.Where(inner => !inner.IsDone).Distinct()];
        string names = string.Join(", ", pending.Take(NamedMax).Select(Name));
        return pending.Length > NamedMax ? $"{names} and {pending.Length - NamedMax} more"
            : names.Length > 0 ? names
            : future.Describe();
    }

    private static IEnumerable<string> Circles(IReadOnlyList<LoopTask> tasks)
    {
        var settled = new HashSet<Future>();
        foreach (LoopTask first in tasks)
        {
            var path = new List<Future>();
            if (FindCircle(first, path, settled) is { } start)
            {
                IEnumerable<Future> circle = path[path.IndexOf(start)..].Append(start);
                yield return string.Join(" → ", circle.OfType<LoopTask>().Select(task => task.Describe()));
            }
        }
    }

    /// <summary>Follows what a future waits for. The path, when it meets itself, ends where the circle
    /// closes.</summary>
    // A loop and not a recursion: chains of tasks may be long. Each future is left once and for all.
    private static Future? FindCircle(Future first, List<Future> path, HashSet<Future> settled)
    {
        var pending = new Stack<IEnumerator<Future>>();
        var onPath = new HashSet<Future> { first };
        if (!settled.Add(first))
        {
            return null;
        }

        path.Add(first);
        pending.Push(first.WaitsFor.GetEnumerator());
        while (pending.TryPeek(out IEnumerator<Future>? next))
        {
            if (!next.MoveNext())
            {
                pending.Pop();
                onPath.Remove(path[^1]);
                path.RemoveAt(path.Count - 1);
            }
            else if (onPath.Contains(next.Current))
            {
                return next.Current;
            }
            else if (!next.Current.IsDone && settled.Add(next.Current))
            {
                path.Add(next.Current);
                onPath.Add(next.Current);
                pending.Push(next.Current.WaitsFor.GetEnumerator());
            }
        }

        return null;
    }
}
