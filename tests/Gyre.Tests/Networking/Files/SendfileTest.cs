using System.Net;
using System.Net.Sockets;
using Gyre.Polling;
using Gyre.Tests.Networking.Tls;

namespace Gyre.Tests.Networking;

/// <summary>Tests that send a file from a client to a server with small buffers, in the clear or with TLS.</summary>
public abstract class SendfileTest : NetworkTest
{
    private const int BufferSize = 4 * 1024;

    /// <summary>More than all buffers on the way hold.</summary>
    protected static byte[] Data { get; } = [.. Enumerable.Range(0, 6_000_001).Select(static i => (byte)(i ^ (i >> 8)))];

    public static TheoryData<PollerBackend, bool> BackendsAndTls { get; } = [];

    static SendfileTest()
    {
        foreach (PollerBackend backend in Enum.GetValues<PollerBackend>())
        {
            if (backend != PollerBackend.Auto && Poller.IsSupported(backend))
            {
                BackendsAndTls.Add(backend, false);
                BackendsAndTls.Add(backend, true);
            }
        }
    }

    /// <summary>Runs a test with a connection and the file.</summary>
    protected void Run(
        PollerBackend backend, bool tls, Func<Ends, FileStream, Coroutine> body, RecordingProtocol? server = null) =>
        Run(backend, async () =>
        {
            using var directory = new TemporaryDirectory();
            File.WriteAllBytes(directory["file"], Data);
            await using FileStream file = File.OpenRead(directory["file"]);
            Ends ends = await Ends.OpenAsync(tls, server ?? new RecordingProtocol());
            await body(ends, file);
            ends.Client.Transport.Close();
            await Until(() => ends.Client.IsLost && ends.Server.IsLost);
            await ends.Listener.DisposeAsync();
        });

    /// <summary>Closes the client, and gives what the server has received then.</summary>
    protected static async Coroutine<byte[]> ReceivedAsync(Ends ends)
    {
        ends.Client.Transport.Close();
        await Until(() => ends.Server.IsLost);
        return ends.Server.Received;
    }

    /// <summary>The two ends of a connection.</summary>
    protected sealed record Ends(Server Listener, RecordingProtocol Client, RecordingProtocol Server)
    {
        public Transport Transport => Client.Transport;

        public static async Coroutine<Ends> OpenAsync(bool tls, RecordingProtocol server)
        {
            EventLoop loop = EventLoop.Running;
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            {
                ReceiveBufferSize = BufferSize,
            };
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Server listener = loop.CreateServer(
                () => server, [socket], new ServerOptions { Tls = tls ? TestCertificates.ServerOptions : null });
            (Transport transport, RecordingProtocol client) = await loop.CreateConnection(
                () => new RecordingProtocol(),
                "127.0.0.1",
                PortOf(listener),
                new ConnectionOptions { Tls = tls ? TestCertificates.ClientOptions : null });
            await Until(() => server.IsMade);
            transport.Socket!.SendBufferSize = BufferSize;
            transport.SetWriteBufferLimits(high: BufferSize);
            return new Ends(listener, client, server);
        }
    }
}
