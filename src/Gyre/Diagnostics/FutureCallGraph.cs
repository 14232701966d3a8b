namespace Gyre;

/// <summary>A future or task, what it is doing, and who waits for it. asyncio: <c>FutureCallGraph</c>.</summary>
/// <param name="Future">The future or task.</param>
/// <param name="CallStack">The calls that a task is in, the innermost first. Empty for a plain future.</param>
/// <param name="AwaitedBy">Who waits for it, each with its own call stack and awaiters.</param>
public sealed record FutureCallGraph(
    Future Future, IReadOnlyList<FrameCallGraphEntry> CallStack, IReadOnlyList<FutureCallGraph> AwaitedBy)
{
    /// <summary>The graph as <c>Aio.FormatCallGraph</c> writes it.</summary>
    public override string ToString() => CallGraphText.Format(this);
}
