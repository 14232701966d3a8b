namespace Gyre;

/// <summary>A future was asked for something that its state does not allow: a result too early, or a second
/// one.</summary>
/// <remarks>asyncio: <c>InvalidStateError</c>.</remarks>
public sealed class InvalidStateException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    public InvalidStateException()
        : base("The operation is not allowed in the future's current state.")
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    public InvalidStateException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and its cause.</summary>
    public InvalidStateException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
