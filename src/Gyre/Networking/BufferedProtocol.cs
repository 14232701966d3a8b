namespace Gyre;

/// <summary>A protocol that gives the memory that bytes are received into, which saves a copy.</summary>
/// <remarks>Loop thread only. As <see cref="Protocol"/>, with <see cref="GetBuffer"/> and
/// <see cref="BufferUpdated"/> in place of <see cref="DataReceived"/>. asyncio: <c>BufferedProtocol</c>.</remarks>
public abstract class BufferedProtocol : Protocol
{
    /// <summary>Gives the memory for the next bytes. asyncio: <c>get_buffer</c>.</summary>
    /// <param name="sizeHint">How many bytes are likely; -1 when that is not known. Any other size is fine too.</param>
    /// <returns>At least one byte. Bytes are put into it between this call and <see cref="BufferUpdated"/>, and at no
    /// other time; nothing else of the loop runs in between. So the protocols of one loop may share a buffer, if each is
    /// done with it when its <see cref="BufferUpdated"/> returns (G-142). When nothing had arrived, no such call
    /// follows.</returns>
    public abstract Memory<byte> GetBuffer(int sizeHint);

    /// <summary>Bytes are in the buffer. asyncio: <c>buffer_updated</c>.</summary>
    /// <param name="count">How many, from the buffer's beginning: at least one.</param>
    public abstract void BufferUpdated(int count);

    /// <summary>Copies bytes that a transport had to take into memory of its own.</summary>
    public sealed override void DataReceived(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            Span<byte> buffer = GetBuffer(data.Length).Span;
            if (buffer.IsEmpty)
            {
                throw EmptyBuffer();
            }

            int count = Math.Min(buffer.Length, data.Length);
            data[..count].CopyTo(buffer);
            BufferUpdated(count);
            data = data[count..];
        }
    }

    internal static InvalidOperationException EmptyBuffer() => new(
        "GetBuffer returned an empty buffer. Return one byte at least; to receive nothing for a while, call "
        + "PauseReading of the transport.");
}
