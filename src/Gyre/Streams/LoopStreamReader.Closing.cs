namespace Gyre;

public sealed partial class LoopStreamReader
{
    /// <summary>Closes the pipe or the connection that this reads from. The input ends.</summary>
    /// <remarks>What has arrived can still be read. Does nothing for a reader that is filled by hand. A connection's
    /// <see cref="LoopStreamWriter.Close"/> does the same.</remarks>
    public void Close() => Writer?.Close();
}
