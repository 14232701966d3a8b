namespace Gyre.Tests.Networking;

/// <summary>Gives buffers of one size and notes what came into them.</summary>
public sealed class BufferedRecorder(int bufferSize) : BufferedProtocol
{
    private readonly byte[] _buffer = new byte[bufferSize];
    private readonly List<byte> _received = [];

    public byte[] Received => [.. _received];

    public override Memory<byte> GetBuffer(int sizeHint) => _buffer;

    public override void BufferUpdated(int count) => _received.AddRange(_buffer.AsSpan(0, count));
}
