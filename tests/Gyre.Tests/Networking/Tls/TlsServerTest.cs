using System.Net.Security;
using System.Net.Sockets;

namespace Gyre.Tests.Networking.Tls;

/// <summary>Tests of TLS servers.</summary>
public abstract class TlsServerTest : NetworkTest
{
    /// <summary>A server on loopback that answers with what it hears, and notes its protocols.</summary>
    private protected static async Coroutine<(Server Server, List<RecordingProtocol> Accepted)> Serve(
        ServerOptions? options = null, Action<RecordingProtocol, byte[]>? onData = null)
    {
        var accepted = new List<RecordingProtocol>();
        Func<Protocol> make = () =>
        {
            accepted.Add(new RecordingProtocol { OnData = onData ?? ((self, data) => self.Transport.Write(data)) });
            return accepted[^1];
        };
        Server server = await EventLoop.Running.CreateServer(
            make, "127.0.0.1", 0, options ?? new ServerOptions { Tls = TestCertificates.ServerOptions });
        return (server, accepted);
    }

    private protected static Coroutine<(Transport Transport, RecordingProtocol Protocol)> Connect(
        Server server, SslClientAuthenticationOptions? options = null, RecordingProtocol? protocol = null) =>
        EventLoop.Running.CreateConnection(
            () => protocol ?? new RecordingProtocol(),
            "127.0.0.1",
            PortOf(server),
            new ConnectionOptions { Tls = options ?? TestCertificates.ClientOptions });

    /// <summary>Exchanges some bytes and ends in order.</summary>
    private protected static async Coroutine Exchange(Server server, SslClientAuthenticationOptions? options = null)
    {
        (Transport transport, RecordingProtocol protocol) = await Connect(server, options);
        transport.Write("hello"u8);
        await Until(() => protocol.Received.Length == 5);
        transport.Close();
        await Until(() => protocol.IsLost);
        Assert.Null(protocol.Error);
    }

    /// <summary>A client that is not ours: the BCL's, on the thread pool.</summary>
    private protected static Task ForeignClient(Server server, Func<SslStream, Socket, Task> use)
    {
        int port = PortOf(server);
        return Task.Run(async () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", port);
            await using var ssl = new SslStream(new NetworkStream(socket));
            await ssl.AuthenticateAsClientAsync(TestCertificates.ClientOptions);
            await use(ssl, socket);
        });
    }

    private protected static async Coroutine<Exception?> ErrorOf<T>(Coroutine<T> coroutine)
    {
        try
        {
            await coroutine;
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
