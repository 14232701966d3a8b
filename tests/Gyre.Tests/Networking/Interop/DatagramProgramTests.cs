using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking.Interop;

/// <summary>Programs that everybody has, against our datagram endpoints.</summary>
public sealed class DatagramProgramTests : DatagramTest
{
    [Theory]
    [MemberData(nameof(Backends))]
    public void Socat_SendsOverUdp_GetsTheAnswer(PollerBackend backend) => Run(backend, async () =>
    {
        RecordingDatagrams server = await OpenAsync(AnyPort, protocol: Echo());
        int port = ((IPEndPoint)server.Transport.LocalEndPoint!).Port;
        using Peer socat = Peer.Start("socat", "-t", "10", "-", $"UDP4:127.0.0.1:{port}");
        socat.Send("hello\n");
        Assert.Equal("hello", await socat.Output.ReadLineAsync());
        socat.Send("again\n");
        Assert.Equal("again", await socat.Output.ReadLineAsync());
        Assert.Equal(["hello\n", "again\n"], server.Texts);
        socat.Kill();
        await CloseAsync(server);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Socat_EchoesOverUdp_AnswersOurClient(PollerBackend backend) => Run(backend, async () =>
    {
        IPEndPoint address;
        using (Socket free = NewPeer(Elsewhere))
        {
            address = (IPEndPoint)free.LocalEndPoint!;
        }

        using Peer socat = Peer.Start(
            "socat",
            $"UDP4-RECVFROM:{address.Port.ToString(CultureInfo.InvariantCulture)},bind={address.Address},fork",
            "PIPE");
        RecordingDatagrams client = await OpenAsync(remote: address);

        // Until it listens, the system says that nobody does. It forks for each datagram: one that answers too late, for
        // its own taste, ends without an answer, and the next one is another's.
        while (client.Received.Count == 0)
        {
            client.Transport.SendTo("hello"u8);
            await Aio.Sleep(20.Milliseconds());
        }

        Assert.Equal("hello", client.Texts.First());
        socat.Kill();
        await CloseAsync(client);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Socat_SendsToAUnixSocket_Arrives(PollerBackend backend) => Run(backend, async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has all kinds of Unix datagram sockets.");
        using var directory = new TemporaryDirectory();
        RecordingDatagrams server = await OpenAsync(new UnixDomainSocketEndPoint(directory["socket"]));
        using Peer socat = Peer.Start("socat", "-u", "-", $"UNIX-SENDTO:{directory["socket"]}");
        socat.Send("hello");
        await Until(() => server.Received.Count == 1);
        Assert.Equal(["hello"], server.Texts);
        socat.EndInput();
        Assert.Equal(0, (await socat.FinishAsync()).ExitCode);
        await CloseAsync(server);
    });
}
