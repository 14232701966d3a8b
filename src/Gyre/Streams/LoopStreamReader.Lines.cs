namespace Gyre;

public sealed partial class LoopStreamReader : IAsyncEnumerable<byte[]>
{
    /// <summary>The lines of text up to the end of the input, as <see cref="ReadTextLineAsync"/> gives them.</summary>
    /// <remarks>For <c>await foreach</c>. A line is read when it is asked for, so other reads may come in
    /// between.</remarks>
    public TextLines ReadTextLines() => new(this);

    /// <summary>The lines up to the end of the input, as <see cref="ReadLineAsync"/> gives them. For <c>await
    /// foreach</c>.
    /// asyncio: <c>__aiter__</c>.</summary>
    public LineEnumerator GetAsyncEnumerator() => new(this);

    IAsyncEnumerator<byte[]> IAsyncEnumerable<byte[]>.GetAsyncEnumerator(CancellationToken cancellationToken) =>
        new BclLineEnumerator<byte[]>(
            async () => await ReadLineAsync() is { Length: > 0 } line ? line : null, cancellationToken);
}
