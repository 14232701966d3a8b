namespace Gyre;

/// <summary>The input ended before everything that was asked for had arrived.</summary>
/// <remarks>asyncio: <c>IncompleteReadError</c>.</remarks>
public sealed class IncompleteReadException : EndOfStreamException
{
    private const string DefaultMessage = "The input ended before everything that was asked for had arrived.";

    /// <summary>An input that ended early.</summary>
    public IncompleteReadException()
        : this(DefaultMessage)
    {
    }

    /// <summary>An input that ended early, with a text.</summary>
    public IncompleteReadException(string? message)
        : base(message) => Partial = [];

    /// <summary>An input that ended early, with a text and the cause.</summary>
    public IncompleteReadException(string? message, Exception? innerException)
        : base(message, innerException) => Partial = [];

    /// <summary>An input that ended early.</summary>
    /// <param name="partial">The bytes that did arrive.</param>
    /// <param name="expected">How many were asked for; null when a separator was.</param>
    public IncompleteReadException(byte[] partial, int? expected)
        : base(Describe(partial, expected))
    {
        Partial = partial;
        Expected = expected;
    }

    /// <summary>The bytes that did arrive. They have been removed from the reader.</summary>
    public byte[] Partial { get; }

    /// <summary>How many bytes were asked for; null when a separator was.</summary>
    public int? Expected { get; }

    private static string Describe(byte[] partial, int? expected)
    {
        ArgumentNullException.ThrowIfNull(partial);
        return expected is { } count
            ? $"The input ended after {partial.Length} of {count} bytes."
            : $"The input ended after {partial.Length} bytes without the separator.";
    }
}
