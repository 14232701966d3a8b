namespace Gyre;

/// <summary>The lines of a <see cref="LoopStreamReader"/> as text: what
/// <see cref="LoopStreamReader.ReadTextLines"/> returns.</summary>
/// <remarks>Loop thread only.</remarks>
public sealed class TextLines : IAsyncEnumerable<string>
{
    private readonly LoopStreamReader _reader;

    internal TextLines(LoopStreamReader reader) => _reader = reader;

    /// <summary>The lines up to the end of the input. For <c>await foreach</c>.</summary>
    public TextLineEnumerator GetAsyncEnumerator() => new(_reader);

    IAsyncEnumerator<string> IAsyncEnumerable<string>.GetAsyncEnumerator(CancellationToken cancellationToken) =>
        new BclLineEnumerator<string>(_reader.ReadTextLineAsync, cancellationToken);
}
