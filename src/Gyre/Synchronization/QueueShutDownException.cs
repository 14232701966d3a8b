namespace Gyre;

/// <summary>A queue was shut down: nothing can be put into it, or nothing is left to get. asyncio:
/// <c>QueueShutDown</c>.</summary>
public sealed class QueueShutDownException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    public QueueShutDownException()
        : base("The queue was shut down.")
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    public QueueShutDownException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and its cause.</summary>
    public QueueShutDownException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
