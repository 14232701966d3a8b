namespace Gyre.Testing;

/// <summary>A test ended well and left something behind: tasks that are not done, or errors that nobody
/// received.</summary>
public sealed class LoopTestException : Exception
{
    internal LoopTestException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
