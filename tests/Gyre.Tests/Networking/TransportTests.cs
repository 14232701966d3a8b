using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

public class TransportTests : NetworkTest
{
    [Theory]
    [MemberData(nameof(Backends))]
    public void Connection_EchoAndClose_CallsEachProtocolInOrder(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        var accepted = new RecordingProtocol { OnData = (self, data) => self.Transport.Write(data) };
        Server server = await loop.CreateServer(() => accepted, "127.0.0.1", 0);
        (Transport transport, RecordingProtocol client) = await loop.CreateConnection(
            () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
        transport.Write("hello"u8);
        await Until(() => client.Received.Length == 5);
        transport.Close();
        await Until(() => client.IsLost && accepted.IsLost);
        server.Close();
        await server.WaitClosedAsync();

        Assert.Equal("hello"u8, client.Received);
        Assert.Equal(["made", "data", "lost"], client.Calls);
        Assert.Equal(["made", "data", "eof", "lost"], accepted.Calls);
        Assert.Null(client.Error);
        Assert.Null(accepted.Error);
    });
}
