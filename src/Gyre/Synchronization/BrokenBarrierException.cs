namespace Gyre;

/// <summary>A barrier was reset or aborted while a task waited at it, or is broken. asyncio:
/// <c>BrokenBarrierError</c>.</summary>
public sealed class BrokenBarrierException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    public BrokenBarrierException()
        : base("The barrier is broken.")
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    public BrokenBarrierException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and its cause.</summary>
    public BrokenBarrierException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
