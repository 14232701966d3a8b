namespace Gyre.Bench;

/// <summary>As <see cref="ProtocolEcho"/>, into a buffer of its own.</summary>
internal sealed class BufferedEcho : BufferedProtocol
{
    // Written out or copied by the transport before the next bytes come, so one is enough.
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(StreamEcho.BufferSize, pinned: true);
    private Transport? _transport;

    public override void ConnectionMade(Transport transport) => _transport = transport;

    public override Memory<byte> GetBuffer(int sizeHint) => _buffer;

    public override void BufferUpdated(int count) => _transport!.Write(_buffer.AsSpan(0, count));

    public override void PauseWriting() => _transport!.PauseReading();

    public override void ResumeWriting() => _transport!.ResumeReading();
}
