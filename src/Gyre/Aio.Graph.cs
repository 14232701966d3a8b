namespace Gyre;

public static partial class Aio
{
    /// <summary>Who waits for whom: a task or future, its call stack, and its awaiters with theirs.
    /// asyncio: <c>capture_call_graph</c>.</summary>
    /// <param name="future">What the graph is about; the current task when null.</param>
    /// <param name="depth">How many of the innermost calls of the current task to leave out. 0 begins with the method
    /// that calls this.</param>
    /// <param name="limit">How many calls of each task to keep: the innermost, or the outermost when negative. All when
    /// null; none when 0.</param>
    /// <returns>The graph; null when no future was given and no task is running.</returns>
    /// <remarks>The thread of the future's loop, or any thread while that does not run. Nothing is kept in advance for the
    /// graph: what it costs is paid here.</remarks>
    /// <exception cref="InvalidOperationException">No future was given, and no loop runs on this thread; or the future's
    /// loop runs on another thread.</exception>
    public static FutureCallGraph? CaptureCallGraph(Future? future = null, int depth = 0, int? limit = null) =>
        CallGraph.Capture(future, depth, limit);

    /// <summary>The call graph as text. asyncio: <c>format_call_graph</c>.</summary>
    /// <returns>The text; empty when no future was given and no task is running.</returns>
    /// <inheritdoc cref="CaptureCallGraph(Future?, int, int?)"/>
    public static string FormatCallGraph(Future? future = null, int depth = 0, int? limit = null) =>
        CallGraph.Capture(future, depth, limit)?.ToString() ?? "";

    /// <summary>Writes the call graph. asyncio: <c>print_call_graph</c>.</summary>
    /// <param name="future">What the graph is about; the current task when null.</param>
    /// <param name="file">Where to write; standard output when null.</param>
    /// <param name="depth">How many of the innermost calls of the current task to leave out.</param>
    /// <param name="limit">How many calls of each task to keep.</param>
    /// <inheritdoc cref="CaptureCallGraph(Future?, int, int?)" path="/remarks"/>
    /// <inheritdoc cref="CaptureCallGraph(Future?, int, int?)" path="/exception"/>
    public static void PrintCallGraph(
        Future? future = null, TextWriter? file = null, int depth = 0, int? limit = null) =>
        (file ?? Console.Out).WriteLine(FormatCallGraph(future, depth, limit));

    /// <summary>Says that somebody waits for a future in a way that the library does not see, as through a callback.
    /// The call graph shows it. asyncio: <c>future_add_to_awaited_by</c>.</summary>
    /// <param name="future">What is waited for.</param>
    /// <param name="waiter">Who waits.</param>
    /// <remarks>Loop thread only. To be taken back with <see cref="FutureDiscardFromAwaitedBy"/>; the end of
    /// <paramref name="future"/> takes it back too.</remarks>
    public static void FutureAddToAwaitedBy(Future future, Future waiter)
    {
        ArgumentNullException.ThrowIfNull(future);
        ArgumentNullException.ThrowIfNull(waiter);
        future.Loop.AssertOnLoop();
        AwaitedByItem.Add(future, waiter);
    }

    /// <summary>Takes back what <see cref="FutureAddToAwaitedBy"/> said. asyncio:
    /// <c>future_discard_from_awaited_by</c>.</summary>
    /// <remarks>Loop thread only.</remarks>
    public static void FutureDiscardFromAwaitedBy(Future future, Future waiter)
    {
        ArgumentNullException.ThrowIfNull(future);
        ArgumentNullException.ThrowIfNull(waiter);
        future.Loop.AssertOnLoop();
        AwaitedByItem.Remove(future, waiter);
    }
}
