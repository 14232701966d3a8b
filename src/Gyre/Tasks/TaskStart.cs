namespace Gyre;

/// <summary>How a task is started.</summary>
internal readonly record struct TaskStart(
    string? Name,
    ExecutionContext? Context,
    bool Eager,
    CancellationToken CancellationToken,
    CancelScope? Scope = null);
