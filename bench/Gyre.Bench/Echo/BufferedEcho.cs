namespace Gyre.Bench;

/// <summary>As <see cref="ProtocolEcho"/>, into a buffer of the program's.</summary>
/// <remarks>The protocols of a loop share one, which is hot: bytes are put into it between <see cref="GetBuffer"/> and
/// <see cref="BufferUpdated"/> only, and <see cref="Transport.Write(ReadOnlySpan{byte})"/> has sent or copied them when it
/// returns (G-142).</remarks>
internal sealed class BufferedEcho : BufferedProtocol
{
    private readonly Memory<byte> _buffer = HotBuffer.OfThread;
    private Transport? _transport;

    public override void ConnectionMade(Transport transport) => _transport = transport;

    public override Memory<byte> GetBuffer(int sizeHint) => _buffer;

    public override void BufferUpdated(int count) => _transport!.Write(_buffer.Span[..count]);

    public override void PauseWriting() => _transport!.PauseReading();

    public override void ResumeWriting() => _transport!.ResumeReading();
}
