namespace Gyre;

/// <summary>How a connection with a reader and a writer is made.</summary>
public sealed class StreamConnectionOptions : ConnectionOptions
{
    /// <inheritdoc cref="LoopStreamReader.Limit"/>
    /// <value>64 KiB by default.</value>
    public int Limit { get; init; } = LoopStreamReader.DefaultLimit;
}
