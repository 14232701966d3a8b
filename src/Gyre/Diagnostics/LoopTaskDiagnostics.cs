namespace Gyre;

/// <summary>The stacks of tasks.</summary>
public static class LoopTaskDiagnostics
{
    extension(LoopTask task)
    {
        /// <summary>Where the task is: the calls it is suspended in, or those that its error came through.
        /// asyncio: <c>Task.get_stack</c>.</summary>
        /// <param name="limit">How many calls to give: of a pending task the latest, of a failed one the earliest. All
        /// when null.</param>
        /// <returns>The calls, the latest last. Empty for a task that has ended well or was cancelled.</returns>
        /// <remarks>Loop thread only. Does not count as retrieving the error. asyncio gives one frame of a suspended
        /// task; this gives the whole chain of coroutines.</remarks>
        public IReadOnlyList<FrameCallGraphEntry> GetStack(int? limit = null)
        {
            task.Loop.AssertOnLoop();
            if (limit is { } given)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(given, nameof(limit));
            }

            int count = limit ?? int.MaxValue;
            return task.Error is { } error
                ? [.. CallStack.Of(error).Reverse().Take(count)]
                : [.. (task == task.Loop.CurrentTask ? CallStack.OfRunning(task, 0) : CallStack.Of(task)).Take(count).Reverse()];
        }

        /// <summary>Writes the task's stack, and its error if it has failed. asyncio: <c>Task.print_stack</c>.</summary>
        /// <param name="limit">As for <see cref="GetStack"/>.</param>
        /// <param name="file">Where to write; standard error when null.</param>
        /// <remarks>Loop thread only. Does not count as retrieving the error.</remarks>
        public void PrintStack(int? limit = null, TextWriter? file = null)
        {
            file ??= Console.Error;
            IReadOnlyList<FrameCallGraphEntry> stack = task.GetStack(limit);
            Exception? error = task.Error;
            file.WriteLine(stack.Count == 0 ? $"No stack for {task}"
                : error is null ? $"Stack for {task} (most recent call last):"
                : $"Traceback for {task} (most recent call last):");
            foreach (FrameCallGraphEntry entry in stack)
            {
                file.WriteLine("  " + entry);
            }

            if (error is not null)
            {
                file.WriteLine($"{error.GetType()}: {error.Message}");
            }
        }
    }
}
