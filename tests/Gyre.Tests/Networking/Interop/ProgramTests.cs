using System.Globalization;
using Gyre.Polling;
using Gyre.Tests.Networking.Tls;
using Gyre.Tests.Streams;

namespace Gyre.Tests.Networking.Interop;

/// <summary>Programs that everybody has, against our servers.</summary>
public class ProgramTests : NetworkTest
{
    [Theory]
    [MemberData(nameof(Backends))]
    public void Curl_OverTls_GetsItsPages(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["ca.pem"], TestCertificates.Authority.ExportCertificatePem());
        Server server = await Aio.StartServer(
            TinyHttp.ServeAsync, "127.0.0.1", 0, new StreamServerOptions { Tls = TestCertificates.ServerOptions });
        int port = PortOf(server);
        using Peer curl = Peer.Start(
            "curl", "--silent", "--show-error", "--noproxy", "*", "--cacert", directory["ca.pem"], "--resolve",
            $"localhost:{port}:127.0.0.1", $"https://localhost:{port}/first", $"https://localhost:{port}/second");
        (int exitCode, string output) = await curl.FinishAsync();
        Assert.Equal("you asked for /firstyou asked for /second", output);
        Assert.Equal(0, exitCode);
        server.Close();
        server.CloseClients();
        await server.WaitClosedAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Curl_OverAUnixSocket_GetsItsPage(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        Server server = await Aio.StartUnixServer(TinyHttp.ServeAsync, directory["socket"]);
        using Peer curl = Peer.Start(
            "curl", "--silent", "--show-error", "--noproxy", "*", "--unix-socket", directory["socket"],
            "http://localhost/page");
        Assert.Equal((0, "you asked for /page"), await curl.FinishAsync());
        server.Close();
        server.CloseClients();
        await server.WaitClosedAsync();
    });

    /// <summary>The peer ends its direction first, and gets its answer after that.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Socat_HalfClosesAUnixSocket_GetsTheAnswer(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        Server server = await Aio.StartUnixServer(AnswerAtTheEnd, directory["socket"]);
        using Peer socat = Peer.Start("socat", "-t", "10", "-", $"UNIX-CONNECT:{directory["socket"]}");
        socat.Send("hello");
        socat.EndInput();
        Assert.Equal((0, "5 bytes"), await socat.FinishAsync());
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Netcat_HalfClosesAConnection_GetsTheAnswer(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await Aio.StartServer(AnswerAtTheEnd, "127.0.0.1", 0);
        using Peer netcat = Peer.Start("nc", "-N", "127.0.0.1", PortOf(server).ToString(CultureInfo.InvariantCulture));
        netcat.Send("hello");
        netcat.EndInput();
        Assert.Equal((0, "5 bytes"), await netcat.FinishAsync());
        await server.DisposeAsync();
    });

    private static async Coroutine AnswerAtTheEnd(LoopStreamReader reader, LoopStreamWriter writer)
    {
        byte[] all = await reader.ReadToEndAsync();
        writer.WriteText($"{all.Length} bytes");
        writer.Close();
    }
}
