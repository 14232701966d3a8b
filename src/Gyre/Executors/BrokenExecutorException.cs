namespace Gyre;

/// <summary>An executor can run nothing any more: its threads fail to start. asyncio:
/// <c>BrokenExecutor</c>.</summary>
public sealed class BrokenExecutorException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    public BrokenExecutorException()
        : base("The executor is broken.")
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    public BrokenExecutorException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and its cause.</summary>
    public BrokenExecutorException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
