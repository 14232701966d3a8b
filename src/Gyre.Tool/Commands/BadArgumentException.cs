namespace Gyre.Tool;

/// <summary>The arguments make no sense; the message says why, in one line.</summary>
internal sealed class BadArgumentException(string message) : Exception(message);
