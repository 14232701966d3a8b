namespace Gyre;

/// <summary>The lines of a <see cref="StreamReader"/> as text: what <see cref="StreamReader.ReadTextLines"/> returns.</summary>
/// <remarks>Loop thread only.</remarks>
public sealed class TextLines : IAsyncEnumerable<string>
{
    private readonly StreamReader _reader;

    internal TextLines(StreamReader reader) => _reader = reader;

    /// <summary>The lines up to the end of the input. For <c>await foreach</c>.</summary>
    public TextLineEnumerator GetAsyncEnumerator() => new(_reader);

    IAsyncEnumerator<string> IAsyncEnumerable<string>.GetAsyncEnumerator(CancellationToken cancellationToken) =>
        new BclLineEnumerator<string>(_reader.ReadTextLineAsync, cancellationToken);
}
