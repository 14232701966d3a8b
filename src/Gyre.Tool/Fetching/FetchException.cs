namespace Gyre.Tool;

/// <summary>A failure that this program finds by itself, and for which it has the words already.</summary>
internal sealed class FetchException(string text, bool mayPass = false, Exception? inner = null)
    : Exception(text, inner)
{
    public Failure Failure { get; } = new(text, mayPass);
}
