using System.Net;
using System.Net.Sockets;
using Gyre.Polling;
using Gyre.Tests.Networking.Tls;

namespace Gyre.Tests.Networking;

/// <summary>Connections over sockets that something else has connected or accepted.</summary>
public class GivenSocketTests : NetworkTest
{
    /// <summary>test_events.py: EventLoopTestsMixin.test_connect_accepted_socket,
    /// EventLoopTestsMixin.test_ssl_connect_accepted_socket. test_ssl.py: TestSSL.test_connect_accepted_socket,
    /// TestSSL.test_ssl_connect_accepted_socket.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ConnectAcceptedSocket_AndItsPeer_ExchangeBytes(bool tls)
    {
        foreach (PollerBackend backend in Backends.Select(row => row.Data))
        {
            Run(backend, async () =>
            {
                EventLoop loop = EventLoop.Running;
                (Socket connected, Socket accepted) = await SocketPair();
                LoopTask<(Transport Transport, RecordingProtocol Protocol)> accepting = Aio.CreateTask(
                    loop.ConnectAcceptedSocket(
                        () => new RecordingProtocol { OnData = (self, data) => self.Transport.Write(data) },
                        accepted,
                        tls ? new ServerOptions { Tls = TestCertificates.ServerOptions } : null));
                (Transport transport, RecordingProtocol client) = await loop.CreateConnection(
                    () => new RecordingProtocol(),
                    connected,
                    new ConnectionOptions { Tls = tls ? TestCertificates.ClientOptions : null });
                RecordingProtocol server = (await accepting).Protocol;
                Assert.Equal(tls, transport.Tls is not null);
                transport.Write("hello"u8);
                await Until(() => client.Received.Length == 5);
                transport.Close();
                await Until(() => client.IsLost && server.IsLost);
                Assert.Equal(["made", "data", "eof", "lost"], server.Calls);
                Assert.Equal(["made", "data", "lost"], client.Calls);
            });
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void ConnectAcceptedSocket_HandshakeFails_TellsTheCallerAndClosesTheSocket(PollerBackend backend) =>
        Run(backend, async () =>
        {
            EventLoop loop = EventLoop.Running;
            (Socket connected, Socket accepted) = await SocketPair();
            var protocol = new RecordingProtocol();
            await Assert.ThrowsAsync<TimeoutException>(() => loop.ConnectAcceptedSocket(
                () => protocol,
                accepted,
                new ServerOptions { Tls = TestCertificates.ServerOptions, TlsHandshakeTimeout = 10.Milliseconds() }).AsTask());
            Assert.Equal(0, await connected.ReceiveAsync(new byte[1]));
            Assert.Empty(protocol.Calls);
            connected.Dispose();
        });

    /// <summary>test_base_events.py:
    /// BaseEventLoopWithSelectorTests.test_create_connection_ssl_server_hostname_errors.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_SocketAndTlsWithoutAName_IsRefusedAtOnce(PollerBackend backend) => Run(backend, async () =>
    {
        (Socket connected, Socket accepted) = await SocketPair();
        Assert.Throws<ArgumentException>(() => EventLoop.Running.CreateConnection(
            () => new RecordingProtocol(), connected, new ConnectionOptions { Tls = new() }).Discard());
        Assert.Throws<ArgumentException>(() => EventLoop.Running.ConnectAcceptedSocket(
            () => new RecordingProtocol(), accepted, new ServerOptions { Tls = new() }).Discard());

        // They are the caller's still.
        Assert.Equal(1, accepted.Send([1]));
        connected.Dispose();
        accepted.Dispose();
    });

    /// <summary>test_events.py: EventLoopTestsMixin.test_create_server_multiple_hosts_ipv4.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_SeveralHosts_ServesThemOnOnePort(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(
            () => new RecordingProtocol(), ["127.0.0.1", "127.0.0.2", "127.0.0.1"], 0);
        Assert.Equal(["127.0.0.1", "127.0.0.2"], server.EndPoints.Cast<IPEndPoint>().Select(end => end.Address.ToString()));
        Assert.Single(server.EndPoints.Cast<IPEndPoint>().Select(end => end.Port).Distinct());
        foreach (EndPoint end in server.EndPoints)
        {
            (Transport transport, _) = await loop.CreateConnection(() => new RecordingProtocol(), end);
            transport.Close();
        }

        await server.DisposeAsync();
        Assert.Throws<ArgumentException>(
            () => loop.CreateServer(() => new RecordingProtocol(), Array.Empty<string>(), 0).Discard());
    });

    private static async Coroutine<(Socket Connected, Socket Accepted)> SocketPair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var connected = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await connected.ConnectAsync(listener.LocalEndPoint!);
        return (connected, await listener.AcceptAsync());
    }
}
