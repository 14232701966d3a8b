using System.Net.Sockets;
using Gyre.Polling;
using Gyre.Tests.Networking.Tls;

namespace Gyre.Tests.Networking;

/// <summary>A peer that resets the connection, whatever is going on, ends that connection once and nothing
/// else.</summary>
public class ResetTests : TlsServerTest
{
    /// <summary>What the server's side is doing when the reset comes.</summary>
    public enum Doing
    {
        Reading,
        PausedReading,
        Writing,
        Flushing,
        WritingPaused,
        HalfClosed,
    }

    public static TheoryData<PollerBackend, bool, Doing> States { get; } = new(
        from backend in Backends.Select(row => row.Data)
        from tls in new[] { false, true }
        from doing in Enum.GetValues<Doing>()
        where !tls || doing != Doing.HalfClosed
        select (backend, tls, doing));

    /// <summary>Guarantee G-100.</summary>
    [Theory]
    [MemberData(nameof(States))]
    public void Reset_InEachState_IsLostOnceAndServiceGoesOn(PollerBackend backend, bool tls, Doing doing) =>
        Run(backend, async () =>
        {
            ServerOptions options = tls ? new ServerOptions { Tls = TestCertificates.ServerOptions } : new();
            (Server server, List<RecordingProtocol> accepted) = await Serve(options, static (_, _) => { });
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", PortOf(server));
            if (tls)
            {
                // Not disposed of: that would end the stream in order.
                var ssl = new System.Net.Security.SslStream(new NetworkStream(socket));
                await ssl.AuthenticateAsClientAsync(TestCertificates.ClientOptions);
            }

            await Until(() => accepted.Count == 1 && accepted[0].IsMade);
            Transport transport = accepted[0].Transport;
            Begin(transport, doing);
            await Aio.Yield();
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
            await Aio.Sleep(1.Milliseconds());
            if (doing == Doing.PausedReading)
            {
                // Who does not look at the input does not hear of its end.
                transport.ResumeReading();
            }

            await Until(() => accepted[0].IsLost && server.ClientCount == 0);
            Assert.Single(accepted[0].Calls, "lost");
            Assert.NotNull(accepted[0].Error);
            Assert.DoesNotContain("eof", accepted[0].Calls);

            // Nobody else has noticed.
            (Transport next, RecordingProtocol client) = await EventLoop.Running.CreateConnection(
                () => new RecordingProtocol(),
                "127.0.0.1",
                PortOf(server),
                new ConnectionOptions { Tls = tls ? TestCertificates.ClientOptions : null });
            next.Write("hello"u8);
            await Until(() => accepted.Count == 2 && accepted[1].Received.Length == 5);
            next.Close();
            await Until(() => client.IsLost);
            await server.DisposeAsync();
        });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Write_TlsConnectionBroken_IsDropped(PollerBackend backend) => Run(backend, async () =>
    {
        (Server server, List<RecordingProtocol> accepted) = await Serve(onData: static (_, _) => { });
        (Transport transport, RecordingProtocol client) = await Connect(server);
        await Until(() => accepted[0].IsMade);
        accepted[0].Transport.Abort();
        for (int i = 0; i < 100; i++)
        {
            transport.Write(new byte[1000]);
            await Aio.Yield();
        }

        await Until(() => client.IsLost);
        transport.Write("dropped"u8);
        Assert.Single(client.Calls, "lost");
        Assert.NotNull(client.Error);
        await server.DisposeAsync();
    });

    /// <summary>Connections to a TLS server that are reset before it has accepted them are failed handshakes at the most,
    /// and nobody's connections.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Reset_InTheBacklogOfATlsServer_DoesNotDisturb(PollerBackend backend) => Run(backend, async () =>
    {
        const int Resets = 30;
        (Server server, List<RecordingProtocol> accepted) = await Serve();
        for (int i = 0; i < Resets; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect("127.0.0.1", PortOf(server));
            socket.LingerState = new LingerOption(true, 0);
        }

        await Exchange(server);
        await Until(() => server.ClientCount == 0);
        Assert.InRange(accepted.Count, 1, Resets + 1);
        Assert.InRange(Reports.Count, accepted.Count - 1, Resets);
        Assert.All(Reports, report => Assert.True(report.Exception is IOException or SocketException, report.ToString()));
        Reports.Clear();
        Assert.Single(accepted, protocol => protocol.Calls.Contains("lost"));
        Assert.Equal(accepted.Count - 1, accepted.Count(protocol => protocol.Calls.Count == 0));
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Reset_DuringTheHandshakeOfAClient_FailsTheConnectionOnly(PollerBackend backend) => Run(backend, async () =>
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var protocol = new RecordingProtocol();
        LoopTask<(Transport, RecordingProtocol)> connecting = Aio.CreateTask(EventLoop.Running.CreateConnection(
            () => protocol,
            "127.0.0.1",
            ((System.Net.IPEndPoint)listener.LocalEndpoint).Port,
            new ConnectionOptions { Tls = TestCertificates.ClientOptions }));
        using (Socket peer = await listener.AcceptSocketAsync())
        {
            // The client has said hello.
            await peer.ReceiveAsync(new byte[1]);
            peer.LingerState = new LingerOption(true, 0);
        }

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => connecting.AsTask());
        Assert.True(error is IOException or SocketException, error.ToString());
        Assert.Empty(protocol.Calls);
    });

    private static void Begin(Transport transport, Doing doing)
    {
        switch (doing)
        {
            case Doing.PausedReading:
                transport.PauseReading();
                break;
            case Doing.Writing:
                transport.SetWriteBufferLimits(high: 100_000_000);
                transport.Write(new byte[20_000_000]);
                break;
            case Doing.WritingPaused:
                transport.Write(new byte[20_000_000]);
                break;
            case Doing.Flushing:
                transport.Write(new byte[20_000_000]);
                transport.Close();
                break;
            case Doing.HalfClosed:
                transport.WriteEof();
                break;
        }
    }
}
