namespace Gyre.Polling;

/// <summary>A poller's buffer for sinks that bring none. One for all sockets: it is hot in the cache, and
/// nobody keeps it.</summary>
internal sealed class ReceiveMemory
{
    // As large as the largest piece of input that is worth one system call. Pages of it that no input ever
    // reached are never touched.
    private const int Size = 256 * 1024;

    private byte[]? _bytes;
    private DatagramBatch? _datagrams;

    /// <summary>The buffer, on the pinned heap.</summary>
    public Span<byte> Span => _bytes ??= GC.AllocateUninitializedArray<byte>(Size, pinned: true);

    /// <summary>The room for datagrams.</summary>
    public DatagramBatch Datagrams => _datagrams ??= new DatagramBatch();
}
