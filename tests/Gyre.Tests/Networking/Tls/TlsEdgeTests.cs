using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking.Tls;

/// <summary>TLS connections that break, change their protocol, or end while nobody reads.</summary>
public class TlsEdgeTests : TlsServerTest
{
    /// <summary>CPython: TestSSL.test_start_tls_client_corrupted_ssl.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_PeerCorruptsTheStream_IsAnError(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        Task served = server.ServeAsync(async (ssl, socket) =>
        {
            await ssl.WriteAsync("A\n"u8.ToArray());
            _ = await ssl.ReadAsync(new byte[1]);
            await socket.SendAsync("please corrupt the connection"u8.ToArray());
            _ = await Record.ExceptionAsync(() => ssl.CopyToAsync(Stream.Null));
        });
        Connection connection = await Aio.OpenConnection(
            "localhost", server.Port, new StreamConnectionOptions { Tls = server.ClientOptions });
        Assert.Equal("A", await connection.Reader.ReadTextLineAsync());
        connection.Writer.WriteText("B");
        Exception? error = await Record.ExceptionAsync(() => connection.Reader.ReadLineAsync().AsTask());
        Assert.IsType<IOException>(error);
        connection.Writer.Close();
        Assert.Same(error, await Record.ExceptionAsync(() => connection.Writer.WaitClosedAsync().AsTask()));
        await served;
    });

    /// <summary>CPython: SslProtoHandshakeTests.test_set_new_app_protocol; TestSSL.test_start_tls_client_buf_proto_1.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Protocol_ReplacedOverTls_TheNewOneGetsTheRest(PollerBackend backend) => Run(backend, async () =>
    {
        (Server server, _) = await Serve();
        (Transport transport, BufferedRecorder first) = await EventLoop.Running.CreateConnection(
            () => new BufferedRecorder(bufferSize: 1),
            "127.0.0.1",
            PortOf(server),
            new ConnectionOptions { Tls = TestCertificates.ClientOptions });
        transport.Write("one"u8);
        await Until(() => first.Received.Length == 3);
        var second = new RecordingProtocol();
        second.ConnectionMade(transport);
        transport.Protocol = second;
        Assert.Same(second, transport.Protocol);
        transport.Write("two two"u8);
        await Until(() => second.Received.Length == 7);
        transport.Close();
        await Until(() => second.IsLost);
        Assert.Equal("one"u8, first.Received);
        Assert.Null(second.Error);
        await server.DisposeAsync();
    });

    /// <summary>CPython: SslProtoHandshakeTests.test_connection_lost_when_busy.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Drain_TlsPeerIsGone_EndsInAnError(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        Task served = server.ServeAsync((_, socket) =>
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
            return Task.CompletedTask;
        });
        Connection connection = await Aio.OpenConnection(
            "localhost", server.Port, new StreamConnectionOptions { Tls = server.ClientOptions });
        Exception? error = await Record.ExceptionAsync(() => WriteForEver(connection.Writer).AsTask());
        Assert.True(error is SocketException or IOException, $"{error}");
        Assert.True(connection.Writer.IsClosing);
        await served;

        static async Coroutine WriteForEver(LoopStreamWriter writer)
        {
            while (true)
            {
                writer.WriteText("An interesting message\n");
                await writer.DrainAsync();
                await Aio.Yield();
            }
        }
    });

    /// <summary>CPython: TestSSL.test_shutdown_timeout_handler_not_set. The peer ends its side as TLS asks for; without
    /// that it is an error.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void PauseReading_WhileTheTlsPeerEnds_HoldsItsLastBytes(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        var ended = new TaskCompletionSource();
        Task served = server.ServeAsync(async (ssl, _) =>
        {
            await ssl.WriteAsync("hello"u8.ToArray());
            await ssl.ReadExactlyAsync(new byte[5]);
            await ssl.WriteAsync("extra bytes"u8.ToArray());
            await ssl.ShutdownAsync();
            ended.SetResult();
            await ssl.CopyToAsync(Stream.Null);
        });
        (Transport transport, RecordingProtocol protocol) = await EventLoop.Running.CreateConnection(
            () => new RecordingProtocol
            {
                OnData = (self, _) =>
                {
                    if (self.Received.Length == 5)
                    {
                        self.Transport.Write("world"u8);
                        self.Transport.PauseReading();
                    }
                },
            },
            "localhost",
            server.Port,
            new ConnectionOptions { Tls = server.ClientOptions });
        await ended.Task;
        await Aio.Sleep(5.Milliseconds());
        Assert.Equal("hello"u8, protocol.Received);
        Assert.False(protocol.IsLost);
        transport.ResumeReading();
        await Until(() => protocol.IsLost);
        Assert.Equal("helloextra bytes"u8, protocol.Received);
        Assert.Null(protocol.Error);
        await served;
    });

    /// <summary>CPython: TestSSL.test_ssl_handshake_connection_lost.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Handshake_PeerHangsUp_TheProtocolHearsNothing(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        Task served = server.ServeBareAsync(async socket => await socket.ReceiveAsync(new byte[1024]));
        var protocol = new RecordingProtocol();
        Exception? error = await ErrorOf(EventLoop.Running.CreateConnection(
            () => protocol, "localhost", server.Port, new ConnectionOptions { Tls = server.ClientOptions }));
        Assert.True(error is SocketException or IOException, $"{error}");
        await Aio.Sleep(1.Milliseconds());
        Assert.Empty(protocol.Calls);
        await served;
    });
}
