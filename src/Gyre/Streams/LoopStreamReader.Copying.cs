namespace Gyre;

public sealed partial class LoopStreamReader
{
    /// <summary>How much is passed on at once.</summary>
    private const int CopySize = 16 * 1024;

    /// <summary>Passes the input on to a writer, up to its end: one direction of a relay.</summary>
    /// <param name="writer">Takes the bytes as they come. It stays open: pass the end on with
    /// <see cref="LoopStreamWriter.WriteEof"/> or <see cref="LoopStreamWriter.Close"/>.</param>
    /// <returns>How many bytes were passed on.</returns>
    /// <remarks>Loop thread only. Nothing is read while the writer has more than its high-water mark unsent, so a slow
    /// receiver slows the sender down. While it waits it takes no memory beside the two buffers. On cancel: what was
    /// removed from this reader has been written.</remarks>
    /// <exception cref="InvalidOperationException">Another coroutine is waiting for input.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">One of the two connections is lost.</exception>
    public async Coroutine<long> CopyToAsync(LoopStreamWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        byte[] block = EventLoop.Running.Attachment(static _ => new CopyBlock()).Bytes;
        long copied = 0;
        while (await ReadAsync(block.AsMemory()) is var count and > 0)
        {
            // In the step in which they were read: behind the next await the bytes may be another copy's (G-138).
            writer.Write(block.AsSpan(0, count));
            copied += count;
            await writer.DrainAsync();
        }

        return copied;
    }

    /// <summary>What all copies of a loop read into.</summary>
    private sealed class CopyBlock
    {
        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(CopySize);
    }
}
