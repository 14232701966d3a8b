namespace Gyre;

/// <summary>Captures who waits for whom. Nothing is kept for it: the graph is read off what the tasks need
/// anyway.</summary>
internal static class CallGraph
{
    /// <param name="future">What the graph is about; the current task when null.</param>
    /// <param name="depth">How many of the innermost calls to leave out, if it is the current task.</param>
    /// <param name="limit">How many calls of each task to keep: the innermost, or the outermost when negative.</param>
    public static FutureCallGraph? Capture(Future? future, int depth, int? limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(depth);
        EventLoop? running = EventLoop.RunningOrNull;
        if (future is null && running is null)
        {
            throw new InvalidOperationException(
                "No event loop runs on this thread, so there is no current task. Give the future that the graph is about.");
        }

        LoopTask? current = running?.CurrentTask;
        if ((future ?? current) is not { } start)
        {
            return null;
        }

        if (start.Loop.IsRunning && !start.Loop.IsOnLoopThread)
        {
            throw new InvalidOperationException(
                "The future belongs to a loop that runs on another thread. Capture its call graph there, "
                + "for example with CallSoonThreadSafe.");
        }

        IReadOnlyList<FrameCallGraphEntry> stack = start != current ? CallStack.Of(start)
            : limit == 0 ? []
            : CallStack.OfRunning(current, depth);
        return Build(start, stack, limit);
    }

    /// <summary>A graph from its leaves down to its root: the records are immutable.</summary>
    // A loop and not a recursion: a chain of tasks may be long.
    private static FutureCallGraph Build(
        Future root, IReadOnlyList<FrameCallGraphEntry> rootStack, int? limit)
    {
        var pending = new Stack<Node>();
        var onPath = new HashSet<Future>(ReferenceEqualityComparer.Instance);
        Push(root, rootStack);
        while (true)
        {
            Node node = pending.Peek();
            if (node.Awaiters.TryDequeue(out Future? awaiter))
            {
                // Tasks that wait in a circle: the circle is shown once.
                if (!onPath.Contains(awaiter))
                {
                    Push(awaiter, CallStack.Of(awaiter));
                }

                continue;
            }

            pending.Pop();
            onPath.Remove(node.Future);
            var graph = new FutureCallGraph(node.Future, node.CallStack, node.AwaitedBy);
            if (!pending.TryPeek(out Node? below))
            {
                return graph;
            }

            below.AwaitedBy.Add(graph);
        }

        void Push(Future future, IReadOnlyList<FrameCallGraphEntry> stack)
        {
            onPath.Add(future);
            var awaiters = new List<Future>();
            future.CollectAwaiters(awaiters);
            pending.Push(new Node(future, Limited(stack, limit), new Queue<Future>(awaiters.Distinct())));
        }
    }

    private static IReadOnlyList<FrameCallGraphEntry> Limited(IReadOnlyList<FrameCallGraphEntry> stack, int? limit) =>
        limit switch
        {
            null => stack,
            >= 0 => [.. stack.Take(limit.Value)],
            _ => [.. stack.TakeLast(limit == int.MinValue ? int.MaxValue : -limit.Value)],
        };

    private sealed record Node(Future Future, IReadOnlyList<FrameCallGraphEntry> CallStack, Queue<Future> Awaiters)
    {
        public List<FutureCallGraph> AwaitedBy { get; } = [];
    }
}
