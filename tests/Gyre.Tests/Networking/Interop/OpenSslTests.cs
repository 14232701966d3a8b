using System.Globalization;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Gyre.Polling;
using Gyre.Tests.Networking.Tls;

namespace Gyre.Tests.Networking.Interop;

/// <summary>TLS with OpenSSL's own client and server.</summary>
public partial class OpenSslTests : NetworkTest
{
    public static TheoryData<PollerBackend, string, SslProtocols> Versions { get; } = new(
        from backend in Backends.Select(row => row.Data)
        from version in new[] { ("-tls1_2", SslProtocols.Tls12), ("-tls1_3", SslProtocols.Tls13) }
        select (backend, version.Item1, version.Item2));

    [Theory]
    [MemberData(nameof(Versions))]
    public void SClient_OurServer_TalksAndEndsInOrder(PollerBackend backend, string version, SslProtocols protocol) =>
        Run(backend, async () =>
        {
            using var directory = new TemporaryDirectory();
            await File.WriteAllTextAsync(directory["ca.pem"], TestCertificates.Authority.ExportCertificatePem());
            TlsInfo? info = null;
            bool sawEnd = false;
            Server server = await Aio.StartServer(
                async (reader, writer) =>
                {
                    info = writer.Transport.Tls;
                    string? line = await reader.ReadTextLineAsync();
                    writer.WriteText(line!.ToUpperInvariant() + "\n");

                    // Throws if the client does not end in TLS.
                    await reader.ReadToEndAsync();
                    sawEnd = true;
                    writer.Close();
                },
                "127.0.0.1",
                0,
                new StreamServerOptions { Tls = TestCertificates.ServerOptions });
            using Peer client = Peer.Start(
                "openssl", "s_client", "-connect", $"127.0.0.1:{PortOf(server)}", version, "-servername", "localhost",
                "-CAfile", directory["ca.pem"], "-verify_return_error", "-quiet", "-no_ign_eof");
            client.Send("hello\n");
            Assert.Equal("HELLO", await client.Output.ReadLineAsync());
            client.EndInput();
            Assert.Equal((0, ""), await client.FinishAsync());
            await server.DisposeAsync();
            Assert.True(sawEnd);
            Assert.Equal(protocol, info!.Protocol);
            Assert.Equal("localhost", info.ServerName);
        });

    [Theory]
    [MemberData(nameof(Versions))]
    public void SServer_OurClient_TalksAndEndsInOrder(PollerBackend backend, string version, SslProtocols protocol) =>
        Run(backend, async () =>
        {
            using var directory = new TemporaryDirectory();
            X509Certificate2 certificate = TestCertificates.Localhost;
            await File.WriteAllTextAsync(directory["cert.pem"], certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(
                directory["key.pem"], certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            using Peer server = Peer.Start(
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", directory["cert.pem"], "-key",
                directory["key.pem"], version, "-rev", "-naccept", "1");
            Match accept;
            do
            {
                string line = await server.Output.ReadLineAsync() ?? throw new IOException("The server has ended.");
                accept = Accepting().Match(line);
            }
            while (!accept.Success);
            int port = int.Parse(accept.Groups[1].Value, CultureInfo.InvariantCulture);
            Connection connection = await Aio.OpenConnection(
                "127.0.0.1", port, new StreamConnectionOptions { Tls = TestCertificates.ClientOptions });
            Assert.Equal(protocol, connection.Transport.Tls!.Protocol);
            connection.Writer.WriteText("hello\n");
            Assert.Equal("olleh", await connection.Reader.ReadTextLineAsync());
            connection.Close();
            await connection.Writer.WaitClosedAsync();
        });

    [GeneratedRegex(@"^ACCEPT .*:(\d+)$")]
    private static partial Regex Accepting();
}
