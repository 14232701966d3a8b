namespace Gyre.Bench;

/// <summary>Sends back each piece as it comes; stops reading while the peer does not take it.</summary>
internal sealed class ProtocolEcho : Protocol
{
    private Transport? _transport;

    public override void ConnectionMade(Transport transport) => _transport = transport;

    public override void DataReceived(ReadOnlySpan<byte> data) => _transport!.Write(data);

    public override void PauseWriting() => _transport!.PauseReading();

    public override void ResumeWriting() => _transport!.ResumeReading();
}
