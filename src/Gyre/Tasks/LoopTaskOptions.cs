namespace Gyre;

/// <summary>How a task is to be made: what <c>CreateTask</c> hands to the loop's
/// <see cref="LoopTaskFactory"/>.</summary>
/// <remarks>The default value asks for nothing in particular. A factory changes one with <c>with</c>, which keeps what
/// the library has put into it. asyncio: the keyword arguments of a task factory.</remarks>
public readonly record struct LoopTaskOptions
{
    /// <summary>The task's name; <c>Task-N</c> when null.</summary>
    public string? Name { get; init; }

    /// <summary>The context of the task's steps; a copy of the caller's when null.</summary>
    public ExecutionContext? Context { get; init; }

    /// <summary>Whether the first step runs inside the call, if the loop is running. Null leaves it to the loop's
    /// factory, and without one means no.</summary>
    public bool? EagerStart { get; init; }

    /// <summary>Cancels the task, from any thread.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The scope that the task is inside of from its beginning.</summary>
    internal CancelScope? Scope { get; init; }
}
