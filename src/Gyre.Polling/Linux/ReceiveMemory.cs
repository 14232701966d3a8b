using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>A poller's buffer for sinks that bring none. One for all sockets: it is hot in the cache, and
/// nobody keeps it.</summary>
internal sealed class ReceiveMemory
{
    // As large as the largest piece of input that is worth one system call. Pages of it that no input ever
    // reached are never touched.
    private const int Size = 256 * 1024;

    // The kernel copies with "rep movsb". Where the destination lies 1 to 63 bytes behind the source within their
    // pages, as an array's first byte (16) does behind a page of the sender's, that takes up to a twentieth longer.
    private const int Alignment = 4096;

    private byte[]? _bytes;
    private int _start;
    private DatagramBatch? _datagrams;

    /// <summary>The buffer, on the pinned heap, at the beginning of a page.</summary>
    public Span<byte> Span => _bytes is { } bytes ? bytes.AsSpan(_start, Size) : Make();

    /// <summary>The room for datagrams.</summary>
    public DatagramBatch Datagrams => _datagrams ??= new DatagramBatch();

    private Span<byte> Make()
    {
        _bytes = GC.AllocateUninitializedArray<byte>(Size + Alignment, pinned: true);
        _start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0) & (Alignment - 1));
        return _bytes.AsSpan(_start, Size);
    }
}
