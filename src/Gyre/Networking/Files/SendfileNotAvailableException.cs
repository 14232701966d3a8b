namespace Gyre;

/// <summary>The system cannot send this file by itself, and the fallback, to read and write it, was not allowed. asyncio:
/// <c>SendfileNotAvailableError</c>.</summary>
/// <remarks>Nothing of the file was sent.</remarks>
public class SendfileNotAvailableException : NotSupportedException
{
    /// <summary>Makes the exception.</summary>
    public SendfileNotAvailableException()
        : this("The system cannot send this file by itself. Allow the fallback.")
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Why, and what to do.</param>
    public SendfileNotAvailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Why, and what to do.</param>
    /// <param name="innerException">What the system said.</param>
    public SendfileNotAvailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
