namespace Gyre.Polling;

/// <summary>Hears of bytes that a socket received into the sink's own buffers.</summary>
/// <remarks>
/// A buffer is the poller's only within one <see cref="PollOperation.Execute"/>: it asks for the buffer,
/// fills it and says so, all before it returns. So the memory need not be pinned, and between two calls
/// the sink may do with it what it likes. <see cref="IReceiveSink.OnReceived(ReadOnlySpan{byte})"/> is not
/// called.
/// </remarks>
public interface IBufferedReceiveSink : IReceiveSink
{
    /// <summary>Gives the buffer for the next bytes. It may turn out that there are none: then no call
    /// follows.</summary>
    /// <param name="sizeHint">How many bytes are likely, or -1 when the poller does not know.</param>
    /// <returns>At least one byte.</returns>
    Memory<byte> GetReceiveBuffer(int sizeHint);

    /// <summary>The first bytes of the buffer were filled.</summary>
    /// <param name="count">How many: at least one, at most the buffer's length.</param>
    void OnReceived(int count);
}
