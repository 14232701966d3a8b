namespace Gyre.Tests.Networking;

/// <summary>Gives one buffer and notes what came into it.</summary>
public sealed class BufferedRecorder(byte[] buffer) : BufferedProtocol
{
    private readonly List<byte> _received = [];

    public BufferedRecorder(int bufferSize)
        : this(new byte[bufferSize])
    {
    }

    public byte[] Received => [.. _received];

    public override Memory<byte> GetBuffer(int sizeHint) => buffer;

    public override void BufferUpdated(int count) => _received.AddRange(buffer.AsSpan(0, count));
}
