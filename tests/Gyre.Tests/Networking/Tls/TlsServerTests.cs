using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Authentication.ExtendedProtection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gyre.Polling;

namespace Gyre.Tests.Networking.Tls;

public class TlsServerTests : TlsServerTest
{
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_Tls_ServesAndTellsWhatWasAgreed(PollerBackend backend) => Run(backend, async () =>
    {
        (Server server, List<RecordingProtocol> accepted) = await Serve();
        (Transport transport, RecordingProtocol protocol) = await Connect(server);
        transport.Write("hello"u8);
        await Until(() => protocol.Received.Length == 5);
        TlsInfo ours = transport.Tls!;
        TlsInfo theirs = accepted[0].Transport.Tls!;
        Assert.False(ours.IsServer);
        Assert.True(theirs.IsServer);
        Assert.Equal(TestCertificates.Localhost.Thumbprint, ours.RemoteCertificate!.Thumbprint);
        Assert.Equal(TestCertificates.Localhost.Thumbprint, theirs.LocalCertificate!.Thumbprint);
        Assert.Null(theirs.RemoteCertificate);
        Assert.Equal("localhost", theirs.ServerName);
        Assert.Equal(ours.CipherSuite, theirs.CipherSuite);
        Assert.Equal(ours.Protocol, theirs.Protocol);
        Assert.True(ours.Protocol is SslProtocols.Tls12 or SslProtocols.Tls13);
        Assert.NotNull(ours.ClientOptions);
        Assert.NotNull(theirs.ServerOptions);
        Assert.False(ours.IsMutuallyAuthenticated);
        Assert.NotNull(ours.GetChannelBinding(ChannelBindingKind.Endpoint));
        Assert.StartsWith("Tls", ours.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, server.ClientCount);
        transport.Close();
        await Until(() => protocol.IsLost && accepted[0].IsLost);
        await server.DisposeAsync();

        Assert.Equal(["made", "data", "lost"], protocol.Calls);
        Assert.Equal(["made", "data", "eof", "lost"], accepted[0].Calls);
        Assert.Null(protocol.Error);
        Assert.Null(accepted[0].Error);
        Assert.Equal("localhost", theirs.ServerName);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_ApplicationProtocols_AgreesOnOne(PollerBackend backend) => Run(backend, async () =>
    {
        SslServerAuthenticationOptions options = TestCertificates.ServerOptions;
        options.ApplicationProtocols = [new("second"), new("first")];
        (Server server, List<RecordingProtocol> accepted) = await Serve(new ServerOptions { Tls = options });
        SslClientAuthenticationOptions client = TestCertificates.ClientOptions;
        client.ApplicationProtocols = [new("first"), new("other")];
        (Transport transport, _) = await Connect(server, client);
        Assert.Equal("first", transport.Tls!.ApplicationProtocol.ToString());
        await Until(() => accepted[0].IsMade);
        Assert.Equal("first", accepted[0].Transport.Tls!.ApplicationProtocol.ToString());
        transport.Close();
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_ClientCertificateRequired_KnowsTheClient(PollerBackend backend) => Run(backend, async () =>
    {
        SslServerAuthenticationOptions options = TestCertificates.ServerOptions;
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = TestCertificates.Policy;
        (Server server, List<RecordingProtocol> accepted) = await Serve(new ServerOptions { Tls = options });
        SslClientAuthenticationOptions client = TestCertificates.ClientOptions;
        client.ClientCertificateContext = SslStreamCertificateContext.Create(TestCertificates.Client, null, offline: true);
        (Transport transport, _) = await Connect(server, client);
        await Until(() => accepted[0].IsMade);
        TlsInfo info = accepted[0].Transport.Tls!;
        Assert.Equal(TestCertificates.Client.Thumbprint, info.RemoteCertificate!.Thumbprint);
        Assert.True(info.IsMutuallyAuthenticated);
        transport.Close();
        await Until(() => accepted[0].IsLost);

        // One that has no certificate is refused, reported once, and the server goes on.
        transport = (await ConnectUntilLost(server)).Transport;
        Assert.True(transport.IsClosing);
        Assert.IsType<AuthenticationException>(Assert.Single(Reports).Exception);
        Assert.Equal(["made"], accepted.SelectMany(protocol => protocol.Calls).Where(call => call == "made"));
        Reports.Clear();
        (transport, _) = await Connect(server, client);
        transport.Close();
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void TlsSelection_ByServerName_GivesEachItsCertificate(PollerBackend backend) => Run(backend, async () =>
    {
        using X509Certificate2 other = TestCertificates.Create("other.test");
        var options = new Dictionary<string, SslServerAuthenticationOptions>
        {
            ["localhost"] = TestCertificates.ServerOptions,
            ["other.test"] = new() { ServerCertificate = other },
        };
        (Server server, List<RecordingProtocol> accepted) = await Serve(new ServerOptions
        {
            TlsSelection = async hello =>
            {
                await Aio.Sleep(1.Milliseconds());
                return options[hello.ServerName];
            },
        });
        foreach (string name in new[] { "localhost", "other.test", "localhost" })
        {
            SslClientAuthenticationOptions client = TestCertificates.ClientOptions;
            client.TargetHost = name;
            (Transport transport, _) = await Connect(server, client);
            Assert.True(transport.Tls!.RemoteCertificate!.MatchesHostname(name));
            await Until(() => accepted[^1].IsMade);
            Assert.Equal(name, accepted[^1].Transport.Tls!.ServerName);
            Assert.True(accepted[^1].Transport.Tls!.IsServer);
            transport.Close();
        }

        // A name that the selection refuses.
        SslClientAuthenticationOptions unknown = TestCertificates.ClientOptions;
        unknown.TargetHost = "unknown.test";
        Assert.NotNull(await ErrorOf(Connect(server, unknown)));
        await Until(() => Reports.Count > 0);
        Assert.Contains("KeyNotFound", Assert.Single(Reports).Exception!.ToString(), StringComparison.Ordinal);
        Reports.Clear();
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_UnsuitableOptions_SaysSoAtOnce(PollerBackend backend) => Run(backend, async () =>
    {
        using X509Certificate2 withoutKey = X509CertificateLoader.LoadCertificate(TestCertificates.Localhost.RawData);
        ServerOptions[] bad =
        [
            new() { Tls = new() },
            new() { Tls = new() { ServerCertificate = withoutKey } },
            new() { Tls = TestCertificates.ServerOptions, TlsSelection = _ => throw new FormatException() },
            new() { Tls = TestCertificates.ServerOptions, TlsHandshakeTimeout = TimeSpan.Zero },
            new() { Tls = TestCertificates.ServerOptions, TlsShutdownTimeout = -1.Seconds() },
        ];
        foreach (ServerOptions options in bad)
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(
                () => EventLoop.Running.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0, options).AsTask());
        }
    });

    /// <summary>test_ssl.py: TestSSL.test_create_server_ssl_1.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartServer_Tls_ServesManyClientsAtOnce(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await Aio.StartServer(
            async (reader, writer) =>
            {
                writer.Write(await reader.ReadExactlyAsync(100_000));
                await writer.DrainAsync();
                writer.Close();
                await writer.WaitClosedAsync();
            },
            "127.0.0.1",
            0,
            new StreamServerOptions { Tls = TestCertificates.ServerOptions });
        int[] lengths = await Aio.Gather([.. Enumerable.Range(0, 25).Select(_ => Ask(PortOf(server)))]);
        Assert.All(lengths, length => Assert.Equal(100_000, length));
        await server.DisposeAsync();

        static async Coroutine<int> Ask(int port)
        {
            await using Connection connection = await Aio.OpenConnection(
                "127.0.0.1", port, new StreamConnectionOptions { Tls = TestCertificates.ClientOptions });
            byte[] data = RandomNumberGenerator.GetBytes(100_000);
            connection.Writer.Write(data);
            byte[] back = await connection.Reader.ReadToEndAsync();
            return back.AsSpan().SequenceEqual(data) ? back.Length : -1;
        }
    });

    private static async Coroutine<(Transport Transport, RecordingProtocol Protocol)> ConnectUntilLost(Server server)
    {
        // With TLS 1.3 the client's side of the handshake ends before the server has looked at its certificate.
        (Transport transport, RecordingProtocol protocol) = await Connect(server);
        await Until(() => protocol.IsLost);
        Assert.IsAssignableFrom<Exception>(protocol.Error);
        return (transport, protocol);
    }
}
