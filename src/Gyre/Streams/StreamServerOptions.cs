namespace Gyre;

/// <summary>How a server whose clients have a reader and a writer is made.</summary>
public sealed class StreamServerOptions : ServerOptions
{
    /// <inheritdoc cref="LoopStreamReader.Limit"/>
    /// <value>64 KiB by default.</value>
    public int Limit { get; init; } = LoopStreamReader.DefaultLimit;
}
