namespace Gyre;

/// <summary>One pass over the lines of text of a <see cref="LoopStreamReader"/>.</summary>
/// <remarks>Loop thread only.</remarks>
public sealed class TextLineEnumerator
{
    private readonly LoopStreamReader _reader;

    internal TextLineEnumerator(LoopStreamReader reader) => _reader = reader;

    /// <summary>The line, without its newline.</summary>
    public string Current { get; private set; } = "";

    /// <summary>Reads the next line. False at the end of the input.</summary>
    /// <exception cref="LimitOverrunException">The line is longer than the reader's limit; it was dropped.</exception>
    public async Coroutine<bool> MoveNextAsync()
    {
        string? line = await _reader.ReadTextLineAsync();
        Current = line ?? "";
        return line is not null;
    }
}
