namespace Gyre;

/// <summary>One pass over the lines of a <see cref="LoopStreamReader"/>.</summary>
/// <remarks>Loop thread only.</remarks>
public sealed class LineEnumerator
{
    private readonly LoopStreamReader _reader;

    internal LineEnumerator(LoopStreamReader reader) => _reader = reader;

    /// <summary>The line, with its newline if it has one.</summary>
    public byte[] Current { get; private set; } = [];

    /// <summary>Reads the next line. False at the end of the input.</summary>
    /// <exception cref="LimitOverrunException">The line is longer than the reader's limit; it was dropped.</exception>
    public async Coroutine<bool> MoveNextAsync()
    {
        Current = await _reader.ReadLineAsync();
        return Current.Length > 0;
    }
}
