namespace Gyre;

/// <summary>A separator was looked for, and more bytes than the reader's limit came before it.</summary>
/// <remarks>asyncio: <c>LimitOverrunError</c>.</remarks>
public sealed class LimitOverrunException : IOException
{
    /// <summary>A limit that was exceeded.</summary>
    public LimitOverrunException()
        : this("More bytes than the limit came before the separator.")
    {
    }

    /// <summary>A limit that was exceeded, with a text.</summary>
    public LimitOverrunException(string? message)
        : base(message)
    {
    }

    /// <summary>A limit that was exceeded, with a text and the cause.</summary>
    public LimitOverrunException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A limit that was exceeded.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="consumed">How many bytes can be read before the search is worth another try.</param>
    public LimitOverrunException(string? message, int consumed)
        : base(message) => Consumed = consumed;

    /// <summary>How many bytes hold no separator: those before it, or all that were searched. They are still in
    /// the reader,
    /// unless the method's description says otherwise.</summary>
    public int Consumed { get; }
}
