namespace Gyre;

/// <summary>Arrives at the <c>await</c> of a task or future that was cancelled.</summary>
/// <remarks>Let it pass, after cleaning up: a task that swallows it goes on as if nobody had asked it to end.
/// asyncio: <c>CancelledError</c>.</remarks>
public sealed class CancelledException : OperationCanceledException
{
    private const string DefaultMessage = "The task or future was cancelled.";

    /// <summary>A cancellation without a message.</summary>
    public CancelledException()
        : base(DefaultMessage)
    {
    }

    /// <summary>A cancellation with the message that was given to <c>Cancel</c>.</summary>
    public CancelledException(string? message)
        : base(message ?? DefaultMessage) => CancelMessage = message;

    /// <summary>A cancellation with a message and its cause.</summary>
    public CancelledException(string? message, Exception? innerException)
        : base(message ?? DefaultMessage, innerException) => CancelMessage = message;

    /// <summary>The message that was given to <c>Cancel</c>, or null.</summary>
    public string? CancelMessage { get; }
}
