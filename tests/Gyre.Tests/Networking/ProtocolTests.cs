namespace Gyre.Tests.Networking;

/// <summary>A protocol that overrides nothing takes whatever comes.</summary>
public class ProtocolTests
{
    /// <summary>CPython: ProtocolsAbsTests.test_base_protocol, test_protocol.</summary>
    [Fact]
    public void Protocol_WithoutOverrides_DoesNothingAndClosesAtTheEndOfTheInput()
    {
        var protocol = new EmptyProtocol();
        protocol.ConnectionMade(null!);
        protocol.DataReceived("data"u8);
        protocol.PauseWriting();
        protocol.ResumeWriting();
        Assert.False(protocol.EofReceived());
        protocol.ConnectionLost(null);
        protocol.ConnectionLost(new IOException());
    }

    /// <summary>CPython: ProtocolsAbsTests.test_buffered_protocol. The two members that concern the buffer have to be
    /// written here.</summary>
    [Fact]
    public void BufferedProtocol_WithoutOverrides_DoesNothingAndClosesAtTheEndOfTheInput()
    {
        var protocol = new EmptyBufferedProtocol();
        protocol.ConnectionMade(null!);
        protocol.PauseWriting();
        protocol.ResumeWriting();
        Assert.False(protocol.EofReceived());
        protocol.ConnectionLost(null);
    }

    private sealed class EmptyProtocol : Protocol;

    private sealed class EmptyBufferedProtocol : BufferedProtocol
    {
        public override Memory<byte> GetBuffer(int sizeHint) => new byte[1];

        public override void BufferUpdated(int count)
        {
        }
    }
}
