namespace Gyre.Bench;

/// <summary>Sends back each piece as it comes; stops reading while the peer does not take it.</summary>
internal sealed class ProtocolEcho : Protocol
{
    private Transport? _transport;

    /// <summary>How often each message is hashed before it is sent back. Set before the server starts.</summary>
    public static int Work { get; set; }

    /// <summary>The hash of the last message: what is not used is not computed.</summary>
    public int Hash { get; private set; }

    public override void ConnectionMade(Transport transport) => _transport = transport;

    public override void DataReceived(ReadOnlySpan<byte> data)
    {
        for (int i = 0; i < Work; i++)
        {
            var hash = default(HashCode);
            hash.Add(Hash);
            hash.AddBytes(data);
            Hash = hash.ToHashCode();
        }

        _transport!.Write(data);
    }

    public override void PauseWriting() => _transport!.PauseReading();

    public override void ResumeWriting() => _transport!.ResumeReading();
}
