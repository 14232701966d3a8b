using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Gyre.Polling;

namespace Gyre.Tests.Networking.Tls;

public class TlsTransportTests : NetworkTest
{
    [Theory]
    [MemberData(nameof(Backends))]
    public void Connect_TrustedServer_ExchangesBytes(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        Task served = server.ServeAsync(async (ssl, _) =>
        {
            byte[] buffer = new byte[5];
            await ssl.ReadExactlyAsync(buffer);
            await ssl.WriteAsync(buffer);
            await ssl.ShutdownAsync();
            Assert.Equal(0, await ssl.ReadAsync(buffer));
        });
        (Transport transport, RecordingProtocol protocol) = await Connect(server);
        transport.Write("hello"u8);
        await Until(() => protocol.IsLost);
        await served;

        Assert.Equal("hello"u8.ToArray(), protocol.Received);
        Assert.Equal(["made", "data", "eof", "lost"], protocol.Calls);
        Assert.Null(protocol.Error);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Write_MuchMoreThanTheMark_PausesAndArrivesWhole(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        byte[] sent = RandomNumberGenerator.GetBytes(20_000_000);
        byte[]? hash = null;

        // The peer is on another thread: one that reads meanwhile may keep up with the writer.
        var mayRead = new TaskCompletionSource();
        Task served = server.ServeAsync(async (ssl, _) =>
        {
            await mayRead.Task;
            hash = await SHA256.HashDataAsync(ssl);
        });
        (Transport transport, RecordingProtocol protocol) = await Connect(server);
        transport.Write(sent);
        Assert.Contains("pause", protocol.Calls);
        mayRead.SetResult();
        transport.Close();
        await Until(() => protocol.IsLost);
        await served;

        Assert.Equal(SHA256.HashData(sent), hash);
        Assert.Null(protocol.Error);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void DataReceived_MuchInput_ArrivesWholeInSpiteOfPauses(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        byte[] sent = RandomNumberGenerator.GetBytes(10_000_000);
        Task served = server.ServeAsync(async (ssl, _) =>
        {
            await ssl.WriteAsync(sent);
            await ssl.ShutdownAsync();
        });
        int pauses = 0;
        (Transport transport, RecordingProtocol protocol) = await Connect(server, new RecordingProtocol
        {
            OnData = (self, _) =>
            {
                if (pauses++ % 10 == 0)
                {
                    self.Transport.PauseReading();
                    self.Transport.Loop.CallSoon(() => self.Transport.ResumeReading());
                }
            },
        });
        await Until(() => protocol.IsLost);
        await served;

        Assert.True(transport.IsClosing);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(protocol.Received));
        Assert.Null(protocol.Error);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ConnectionLost_CutOffWithoutTlsEnd_IsAnError(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        Task served = server.ServeAsync(async (ssl, socket) =>
        {
            await ssl.WriteAsync("half"u8.ToArray());
            socket.Shutdown(SocketShutdown.Both);
        });
        (_, RecordingProtocol protocol) = await Connect(server);
        await Until(() => protocol.IsLost);
        await served;

        Assert.Equal("half"u8.ToArray(), protocol.Received);
        Assert.Contains("cut off", Assert.IsType<IOException>(protocol.Error).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("eof", protocol.Calls);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Connect_CertificateOfAnotherHost_Fails(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer("elsewhere.test");
        Task served = server.ServeAsync((_, _) => Task.CompletedTask);
        await Throws<AuthenticationException>(Connect(server));
        await ThrowsOrEnds(served);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Connect_UntrustedCertificate_Fails(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        Task served = server.ServeAsync((_, _) => Task.CompletedTask);
        await Throws<AuthenticationException>(EventLoop.Running.CreateConnection(
            () => new RecordingProtocol(), "localhost", server.Port, new ConnectionOptions { Tls = new() }));
        await ThrowsOrEnds(served);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Connect_PeerThatSaysNothing_TimesOut(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        Task served = server.ServeBareAsync(ReadToEnd);
        var options = new ConnectionOptions { Tls = server.ClientOptions, TlsHandshakeTimeout = 50.Milliseconds() };
        await Throws<TimeoutException>(EventLoop.Running.CreateConnection(
            () => new RecordingProtocol(), "localhost", server.Port, options));
        await ThrowsOrEnds(served);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Connect_PeerThatHangsUpDuringTheHandshake_Fails(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        Task served = server.ServeBareAsync(socket =>
        {
            socket.Shutdown(SocketShutdown.Both);
            return Task.CompletedTask;
        });
        await Throws<IOException>(Connect(server));
        await served;
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Connect_CancelledDuringTheHandshake_LeavesNoConnection(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        var greeted = new TaskCompletionSource();
        Task served = server.ServeBareAsync(async socket =>
        {
            await socket.ReceiveAsync(new byte[1]);
            greeted.SetResult();
            await ReadToEnd(socket);
        });
        LoopTask<(Transport, RecordingProtocol)> connecting = Aio.CreateTask(Connect(server));
        await greeted.Task;
        connecting.Cancel();
        await Throws<CancelledException>(Wait(connecting));

        // The other end sees the end of the connection: nothing was left open.
        await ThrowsOrEnds(served);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Abort_Open_LosesTheConnectionWithoutError(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        Task served = server.ServeAsync((ssl, _) => ssl.CopyToAsync(Stream.Null));
        (Transport transport, RecordingProtocol protocol) = await Connect(server);
        transport.Abort();
        await Until(() => protocol.IsLost);

        Assert.Null(protocol.Error);
        Assert.Equal(["made", "lost"], protocol.Calls);
        await ThrowsOrEnds(served);
    });

    private static Coroutine<(Transport Transport, RecordingProtocol Protocol)> Connect(
        TlsTestServer server, RecordingProtocol? protocol = null) =>
        EventLoop.Running.CreateConnection(
            () => protocol ?? new RecordingProtocol(),
            "localhost",
            server.Port,
            new ConnectionOptions { Tls = server.ClientOptions });

    private static async Coroutine<T> Wait<T>(LoopTask<T> task) => await task;

    private static async Coroutine Throws<TException>(Coroutine<(Transport, RecordingProtocol)> connecting)
        where TException : Exception
    {
        Exception? thrown = null;
        try
        {
            await connecting;
        }
        catch (Exception e)
        {
            thrown = e;
        }

        Assert.IsType<TException>(thrown);
    }

    /// <summary>The other end may hear of it in its handshake (TLS 1.2) or after it (TLS 1.3).</summary>
    private static async Coroutine ThrowsOrEnds(Task served)
    {
        try
        {
            await served;
        }
        catch (Exception e)
        {
            Assert.True(e is IOException or SocketException or AuthenticationException, e.ToString());
        }
    }

    private static async Task ReadToEnd(Socket socket)
    {
        byte[] buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer) > 0)
        {
        }
    }
}
