using System.Security.Authentication;
using Gyre.Polling;
using Gyre.Tests.Networking;
using Gyre.Tests.Networking.Tls;

namespace Gyre.Tests.Streams;

public class StreamTlsTests : NetworkTest
{
    /// <summary>test_streams.py: StreamTests.test_start_tls.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_AfterTalkInTheClear_GoesOnEncrypted(PollerBackend backend) => Run(backend, async () =>
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        LoopTask<string?> served = Aio.CreateTask(ServeStartTls(pair));
        var (reader, writer) = pair.Client;
        Transport plain = writer.Transport;
        writer.WriteText("STARTTLS\n");
        Assert.Equal("go ahead", await reader.ReadTextLineAsync());
        await writer.StartTlsAsync(TestCertificates.ClientOptions);
        Assert.NotSame(plain, writer.Transport);
        Assert.NotNull(writer.Transport.Tls);
        writer.WriteText("secret\n");
        Assert.Equal("SECRET", await reader.ReadTextLineAsync());
        Assert.Equal("secret", await served);
        writer.Close();
        await writer.WaitClosedAsync();
    });

    /// <summary>test_streams.py: StreamTests.test_start_tls_buffered_data.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_ClientDidNotWait_ItsBytesAreMoved(PollerBackend backend) => Run(backend, async () =>
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        var (_, writer) = pair.Client;
        writer.WriteText("STARTTLS\n");
        LoopTask client = Aio.CreateTask(writer.StartTlsAsync(TestCertificates.ClientOptions));

        // Written during the handshake: it is sent behind it, and encrypted.
        await Until(() => pair.Server.Reader.BufferedCount > 9);
        writer.WriteText("secret\n");
        Assert.Equal("STARTTLS", await pair.Server.Reader.ReadTextLineAsync());
        Assert.NotEqual(0, pair.Server.Reader.BufferedCount);
        await pair.Server.Writer.StartTlsAsync(TestCertificates.ServerOptions);
        await client;
        Assert.Equal("secret", await pair.Server.Reader.ReadTextLineAsync());
    });

    /// <summary>Bytes in the clear must not pass for bytes of the server that TLS authenticates.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_BytesInTheClientsReader_AreRefused(PollerBackend backend) => Run(backend, async () =>
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        pair.Server.Writer.WriteText("injected\n");
        await Until(() => pair.Client.Reader.BufferedCount > 0);
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => pair.Client.Writer.StartTlsAsync(TestCertificates.ClientOptions).AsTask());
        Assert.Contains("9 bytes", error.Message, StringComparison.Ordinal);

        // Nothing has happened yet: the connection is as it was.
        Assert.Null(pair.Client.Writer.Transport.Tls);
        Assert.Equal("injected", await pair.Client.Reader.ReadTextLineAsync());
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_HandshakeFails_TellsEveryWaiter(PollerBackend backend) => Run(backend, async () =>
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        LoopTask server = Aio.CreateTask(pair.Server.Writer.StartTlsAsync(TestCertificates.ServerOptions));
        LoopTask<byte[]> reading = Aio.CreateTask(pair.Client.Reader.ReadAsync(1));
        await Aio.Yield();
        LoopTask client = Aio.CreateTask(pair.Client.Writer.StartTlsAsync(
            new System.Net.Security.SslClientAuthenticationOptions { TargetHost = "localhost" }));
        LoopTask closing = Aio.CreateTask(pair.Client.Writer.WaitClosedAsync());
        await Aio.Wait([server, reading, client, closing]);
        Assert.IsType<AuthenticationException>(client.Exception);
        Assert.Same(client.Exception, reading.Exception);
        Assert.Same(client.Exception, closing.Exception);

        // With TLS 1.3 the server's side of the handshake may have ended well, before the client looked at it.
        await Until(() => pair.Server.Reader.Exception is not null);
        Assert.True(pair.Client.Writer.IsClosing);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_PeerEndedBefore_FailsAtOnce(PollerBackend backend) => Run(backend, async () =>
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        pair.Client.Writer.WriteEof();
        Assert.Empty(await pair.Server.Reader.ReadToEndAsync());
        await Assert.ThrowsAsync<IOException>(
            () => pair.Server.Writer.StartTlsAsync(TestCertificates.ServerOptions).AsTask());
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadToEnd_TlsStreamCutOff_IsAnError(PollerBackend backend) => Run(backend, async () =>
    {
        using var server = new TlsTestServer();
        Task served = server.ServeAsync(async (ssl, socket) =>
        {
            await ssl.WriteAsync("half"u8.ToArray());
            socket.Shutdown(System.Net.Sockets.SocketShutdown.Both);
        });
        Connection connection = await Aio.OpenConnection(
            "localhost", server.Port, new StreamConnectionOptions { Tls = server.ClientOptions });
        await Assert.ThrowsAsync<IOException>(() => connection.Reader.ReadToEndAsync().AsTask());
        await Assert.ThrowsAsync<IOException>(() => connection.Writer.WaitClosedAsync().AsTask());
        await served;
    });

    private static async Coroutine<string?> ServeStartTls(StreamPair pair)
    {
        var (reader, writer) = pair.Server;
        Assert.Equal("STARTTLS", await reader.ReadTextLineAsync());
        writer.WriteText("go ahead\n");
        await writer.StartTlsAsync(TestCertificates.ServerOptions);
        string? line = await reader.ReadTextLineAsync();
        writer.WriteText(line!.ToUpperInvariant() + "\n");
        return line;
    }
}
