using System.Net.Sockets;
using System.Security.Cryptography;
using Gyre.Polling;

namespace Gyre.Tests.Networking.Tls;

public class TlsServerFailureTests : TlsServerTest
{
    /// <summary>Guarantee G-98.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Handshake_PeerSpeaksNoTls_IsReportedOnceAndServiceGoesOn(PollerBackend backend) => Run(backend, async () =>
    {
        (Server server, List<RecordingProtocol> accepted) = await Serve();
        using Socket peer = ConnectBare(server);
        peer.Send("GET / HTTP/1.0\r\n\r\n"u8);
        await Until(() => Reports.Count > 0 && server.ClientCount == 0);
        Assert.Contains("handshake", Assert.Single(Reports).Message, StringComparison.Ordinal);
        Assert.Empty(accepted[0].Calls);
        Reports.Clear();
        await Exchange(server);
        await server.DisposeAsync();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Handshake_PeerHangsUp_IsReportedOnceAndServiceGoesOn(bool reset)
    {
        foreach (PollerBackend backend in Backends.Select(row => row.Data))
        {
            Run(backend, async () =>
            {
                (Server server, List<RecordingProtocol> accepted) = await Serve();
                using (Socket peer = ConnectBare(server))
                {
                    await Until(() => accepted.Count == 1);
                    peer.Send([22, 3]);
                    await Aio.Sleep(1.Milliseconds());
                    peer.LingerState = new LingerOption(reset, 0);
                }

                await Until(() => Reports.Count > 0 && server.ClientCount == 0);
                Assert.Single(Reports);
                Assert.Empty(accepted[0].Calls);
                Reports.Clear();
                await Exchange(server);
                await server.DisposeAsync();
            });
        }
    }

    /// <summary>test_ssl.py: TestSSL.test_handshake_timeout.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Handshake_PeerSaysNothing_TimesOut(PollerBackend backend) => Run(backend, async () =>
    {
        (Server server, _) = await Serve(new ServerOptions
        {
            Tls = TestCertificates.ServerOptions,
            TlsHandshakeTimeout = 20.Milliseconds(),
        });
        using Socket peer = ConnectBare(server);
        await Until(() => Reports.Count > 0 && server.ClientCount == 0);
        Assert.IsType<TimeoutException>(Assert.Single(Reports).Exception);
        Reports.Clear();
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1]));
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Handshake_SelectionThatHangs_TimesOut(PollerBackend backend) => Run(backend, async () =>
    {
        bool begun = false;
        bool cancelled = false;
        (Server server, _) = await Serve(new ServerOptions
        {
            TlsHandshakeTimeout = 50.Milliseconds(),
            TlsSelection = async _ =>
            {
                begun = true;
                try
                {
                    await EventLoop.Running.CreateFuture<int>();
                }
                catch (CancelledException)
                {
                    cancelled = true;
                    throw;
                }

                return TestCertificates.ServerOptions;
            },
        });

        // On a machine with other work to do, the time may be up before the client has asked for anything.
        while (!begun)
        {
            Assert.NotNull(await ErrorOf(Connect(server)));
            await Until(() => Reports.Count > 0);
            Assert.IsType<TimeoutException>(Assert.Single(Reports).Exception);
            Reports.Clear();
        }

        await Until(() => cancelled);
        await server.DisposeAsync();
    });

    /// <summary>Guarantee G-108.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ConnectionLost_ClientCutOffWithoutTlsEnd_IsAnError(PollerBackend backend) => Run(backend, async () =>
    {
        (Server server, List<RecordingProtocol> accepted) = await Serve();
        Task client = ForeignClient(server, async (ssl, socket) =>
        {
            await ssl.WriteAsync("half"u8.ToArray());
            socket.Shutdown(SocketShutdown.Send);
            _ = await Record.ExceptionAsync(() => ssl.CopyToAsync(Stream.Null));
        });
        await Until(() => accepted.Count == 1 && accepted[0].IsLost);
        await client;
        Assert.Equal("half"u8.ToArray(), accepted[0].Received);
        Assert.Contains("cut off", Assert.IsType<IOException>(accepted[0].Error).Message, StringComparison.Ordinal);
        Assert.Equal(["made", "data", "lost"], accepted[0].Calls);
        await server.DisposeAsync();
    });

    /// <summary>Guarantee G-109. test_server.py: TestServer2.test_close_clients.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CloseClients_Tls_EndsThemInOrder(PollerBackend backend) => Run(backend, async () =>
    {
        (Server server, List<RecordingProtocol> accepted) = await Serve();
        (Transport transport, RecordingProtocol client) = await Connect(server);
        await Until(() => accepted[0].IsMade);
        byte[] sent = RandomNumberGenerator.GetBytes(1_000_000);
        accepted[0].Transport.Write(sent);
        Task foreign = ForeignClient(server, async (ssl, _) => Assert.Equal(0, await ssl.ReadAsync(new byte[1])));
        await Until(() => accepted.Count == 2 && accepted[1].IsMade);

        // One that is in its handshake has nothing to lose, and is nobody's failure.
        using Socket silent = ConnectBare(server);
        await Until(() => server.ClientCount == 3);
        server.Close();
        server.CloseClients();
        await server.WaitClosedAsync();
        await foreign;
        await Until(() => client.IsLost);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(client.Received));
        Assert.Equal(["made", "data", "eof", "lost"], client.Calls);
        Assert.Null(client.Error);
        Assert.All(accepted.Take(2), protocol => Assert.Null(protocol.Error));
        Assert.All(accepted.Take(2), protocol => Assert.Single(protocol.Calls, "lost"));
        Assert.Empty(accepted[2].Calls);
        Assert.True(transport.IsClosing);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void AbortClients_Tls_ResetsThem(PollerBackend backend) => Run(backend, async () =>
    {
        (Server server, List<RecordingProtocol> accepted) = await Serve();
        (_, RecordingProtocol client) = await Connect(server);
        await Until(() => accepted[0].IsMade);
        using Socket silent = ConnectBare(server);
        await Until(() => server.ClientCount == 2);
        server.Close();
        server.AbortClients();
        await server.WaitClosedAsync();
        await Until(() => client.IsLost);
        Assert.NotNull(client.Error);
        Assert.Null(accepted[0].Error);
        Assert.Equal(["made", "lost"], accepted[0].Calls);
    });

    /// <summary>test_ssl.py: TestSSL.test_shutdown_timeout_handler_not_set.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_PeerNeverEndsItsSide_TimesOut(PollerBackend backend) => Run(backend, async () =>
    {
        (Server server, List<RecordingProtocol> accepted) = await Serve(new ServerOptions
        {
            Tls = TestCertificates.ServerOptions,
            TlsShutdownTimeout = 20.Milliseconds(),
        });
        var done = new TaskCompletionSource();
        Task client = ForeignClient(server, (_, _) => done.Task);
        await Until(() => accepted.Count == 1 && accepted[0].IsMade);
        accepted[0].Transport.Close();
        Assert.False(accepted[0].IsLost);
        await Until(() => accepted[0].IsLost);
        Assert.IsType<TimeoutException>(accepted[0].Error);
        done.SetResult();
        await client;
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_PeerResetsAfterOurEnd_IsNoError(PollerBackend backend) => Run(backend, async () =>
    {
        (Server server, List<RecordingProtocol> accepted) = await Serve();
        Task client = ForeignClient(server, async (ssl, socket) =>
        {
            Assert.Equal(0, await ssl.ReadAsync(new byte[1]));
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        });
        await Until(() => accepted.Count == 1 && accepted[0].IsMade);
        accepted[0].Transport.Close();
        await Until(() => accepted[0].IsLost);
        await client;
        Assert.Null(accepted[0].Error);
        await server.DisposeAsync();
    });

    /// <summary>A download that nobody wants any more is not received to its end.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_PeerGoesOnSending_DoesNotWaitForItsEnd(PollerBackend backend) => Run(backend, async () =>
    {
        (Server server, List<RecordingProtocol> accepted) = await Serve(onData: static (self, _) => self.Transport.Close());
        Task client = ForeignClient(server, async (ssl, _) =>
        {
            byte[] piece = new byte[64 * 1024];
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                while (true)
                {
                    await ssl.WriteAsync(piece);
                }
            });
        });
        await Until(() => accepted.Count == 1 && accepted[0].IsLost);
        await client;
        Assert.Null(accepted[0].Error);
        await server.DisposeAsync();
    });

    /// <summary>test_ssl.py: TestSSL.test_remote_shutdown_receives_trailing_data.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void EofReceived_UnsentOutput_GoesOutBeforeTheEnd(PollerBackend backend) => Run(backend, async () =>
    {
        byte[] sent = RandomNumberGenerator.GetBytes(8_000_000);
        (Server server, List<RecordingProtocol> accepted) = await Serve(onData: (self, _) => self.Transport.Write(sent));
        byte[]? hash = null;
        Task client = ForeignClient(server, async (ssl, _) =>
        {
            await ssl.WriteAsync("ping"u8.ToArray());
            await ssl.ShutdownAsync();
            hash = await SHA256.HashDataAsync(ssl);
        });
        await Until(() => accepted.Count == 1 && accepted[0].IsLost);
        await client;

        // First, as it says why, when the bytes did not arrive.
        Assert.Null(accepted[0].Error);
        Assert.Equal("ping"u8.ToArray(), accepted[0].Received);
        Assert.Equal(SHA256.HashData(sent), hash);
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_InsideDataReceived_LeavesTheBytesAlone(PollerBackend backend) => Run(backend, async () =>
    {
        byte[]? seen = null;
        (Server server, List<RecordingProtocol> accepted) = await Serve(onData: (self, _) => self.Transport.Close());
        (Transport transport, RecordingProtocol client) = await Connect(server, protocol: new RecordingProtocol
        {
            OnData = (self, data) => seen = data,
        });
        transport.Write("a"u8);
        await Until(() => client.IsLost);
        transport.Write("dropped"u8);
        Assert.Null(client.Error);
        Assert.Null(seen);
        Assert.Equal("a"u8.ToArray(), accepted[0].Received);
        await server.DisposeAsync();
    });

    private static Socket ConnectBare(Server server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect("127.0.0.1", PortOf(server));
        return socket;
    }
}
