using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Receives into buffers of its own.</summary>
internal sealed class BufferedReceiveRecorder(int size) : ReceiveRecorder, IBufferedReceiveSink
{
    private readonly byte[] _buffer = new byte[size];

    public int Requests { get; private set; }

    public Func<Memory<byte>>? Request { get; set; }

    public Memory<byte> GetReceiveBuffer(int sizeHint)
    {
        Requests++;
        return Request is null ? _buffer : Request();
    }

    public void OnReceived(int count)
    {
        Expect.InRange(count, 1, _buffer.Length);
        Keep(_buffer.AsSpan(0, count));
    }

    public override void OnReceived(ReadOnlySpan<byte> data) => Expect.Fail("A buffered sink gets a count.");
}
