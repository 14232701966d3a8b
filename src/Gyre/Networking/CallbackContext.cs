namespace Gyre;

/// <summary>What callbacks run in: the context in which what they belong to was made, whatever ran before them.</summary>
internal readonly struct CallbackContext
{
    private CallbackContext(ExecutionContext? value) => Value = value;

    /// <summary>The context itself; null when its flow is suppressed.</summary>
    public ExecutionContext? Value { get; }

    public static CallbackContext Capture() => new(ExecutionContext.Capture());

    public void Enter()
    {
        if (Value is { } context && ExecutionContext.Capture() != context)
        {
            ExecutionContext.Restore(context);
        }
    }
}
