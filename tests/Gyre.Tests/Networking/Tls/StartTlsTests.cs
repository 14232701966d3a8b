using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Gyre.Polling;
using Pair = Gyre.Tests.Networking.ProtocolPair<
    Gyre.Tests.Networking.RecordingProtocol, Gyre.Tests.Networking.RecordingProtocol>;

namespace Gyre.Tests.Networking.Tls;

public class StartTlsTests : NetworkTest
{
    /// <summary>test_ssl.py: TestSSL.test_start_tls_client_1, TestSSL.test_start_tls_server_1.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_BothWays_GoesOnEncrypted(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.ClientTransport.Write("plain "u8);
        await Until(() => pair.Server.Received.Length == 6);
        (Transport client, Transport server) = await Upgrade(pair);
        Assert.NotNull(client.Tls);
        Assert.True(server.Tls!.IsServer);
        Assert.Same(pair.Client, client.Protocol);
        client.Write("secret"u8);
        await Until(() => pair.Server.Received.Length == 12);
        Assert.Equal("plain secret"u8.ToArray(), pair.Server.Received);

        // The server's list of clients leads to the encrypted connection.
        byte[] sent = RandomNumberGenerator.GetBytes(2_000_000);
        server.Write(sent);
        pair.Listener.Close();
        pair.Listener.CloseClients();
        await Until(() => pair.Client.IsLost && pair.Server.IsLost);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(pair.Client.Received));
        Assert.Null(pair.Client.Error);
        Assert.Null(pair.Server.Error);
        Assert.Equal(["made", "data", "lost"], pair.Server.Calls.Where(call => call is not ("pause" or "resume")));
        Assert.Equal(["made", "data", "eof", "lost"], pair.Client.Calls);
        await pair.Listener.DisposeAsync();
    });

    /// <summary>test_ssl.py: TestSSL.test_start_tls_over_ssl.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_OverTls_GoesOnEncryptedTwice(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        (Transport client, Transport server) = await Upgrade(pair);
        client.Write("once "u8);
        await Until(() => pair.Server.Received.Length == 5);
        (Transport upper, Transport upperServer) = await Upgrade(pair, client, server);
        byte[] sent = RandomNumberGenerator.GetBytes(1_000_000);
        upper.Write(sent);
        upper.Close();
        await Until(() => pair.Client.IsLost && pair.Server.IsLost);
        Assert.True(upperServer.IsClosing);
        Assert.Equal(SHA256.HashData([.. "once "u8, .. sent]), SHA256.HashData(pair.Server.Received));
        Assert.Null(pair.Client.Error);
        Assert.Null(pair.Server.Error);
        Assert.Single(pair.Server.Calls, "lost");
        await pair.CloseAsync();
    });

    /// <summary>What a protocol has received beyond the words that ask for TLS is the client's first
    /// message.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_BytesReceivedAlready_AreMoved(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.ClientTransport.Write("STARTTLS\n"u8);
        LoopTask<Transport> client = Aio.CreateTask(EventLoop.Running.StartTls(
            pair.ClientTransport, pair.Client, TestCertificates.ClientOptions));
        await Until(() => pair.Server.Received.Length > 9);
        pair.Server.Transport.PauseReading();
        Transport server = await EventLoop.Running.StartTls(
            pair.Server.Transport,
            pair.Server,
            TestCertificates.ServerOptions,
            new StartTlsOptions { Received = pair.Server.Received.AsMemory(9) });
        server.Write("hello"u8);
        await client;
        await Until(() => pair.Client.Received.Length == 5);
        await pair.CloseAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_ProtocolThatWasPaused_IsResumedOnce(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.Server.Transport.PauseReading();
        byte[] plain = new byte[6_000_000];
        pair.ClientTransport.Write(plain);
        Assert.Equal(["made", "pause"], pair.Client.Calls);
        LoopTask<Transport> client = Aio.CreateTask(EventLoop.Running.StartTls(
            pair.ClientTransport, pair.Client, TestCertificates.ClientOptions));
        pair.Server.Transport.ResumeReading();
        await Until(() => pair.Server.Received.Length >= plain.Length);
        byte[] early = pair.Server.Received[plain.Length..];
        await EventLoop.Running.StartTls(
            pair.Server.Transport,
            pair.Server,
            TestCertificates.ServerOptions,
            new StartTlsOptions { Received = early });
        await client;
        Assert.Equal(["made", "pause", "resume"], pair.Client.Calls);
        await pair.CloseAsync();
    });

    /// <summary>A protocol that still has the old transport must not send its secrets in the clear.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Write_ToTheTransportBelow_IsRefused(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        (Transport client, _) = await Upgrade(pair);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => pair.ClientTransport.Write("secret"u8));
        Assert.Contains("StartTls", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => pair.ClientTransport.WriteLines(["secret"u8.ToArray()]));
        client.Write("hello"u8);
        await Until(() => pair.Server.Received.Length > 0);
        Assert.Equal("hello"u8.ToArray(), pair.Server.Received);
        await pair.CloseAsync();
    });

    /// <summary>test_ssl.py: TestSSL.test_start_tls_client_corrupted_ssl.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_PeerSpeaksNoTls_FailsAndLosesTheConnectionOnce(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.Server.Transport.Write("this is no TLS, but long enough to be seen"u8);
        LoopTask<Transport> task = Aio.CreateTask(EventLoop.Running.StartTls(
            pair.ClientTransport, pair.Client, TestCertificates.ClientOptions));
        await Aio.Wait([task]);
        Assert.True(task.Exception is AuthenticationException or IOException, task.Exception?.ToString());
        await Until(() => pair.Client.IsLost && pair.Server.IsLost);
        Assert.Same(task.Exception, pair.Client.Error);
        Assert.Single(pair.Client.Calls, "lost");
        await pair.CloseAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_PeerSaysNothing_TimesOut(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        await Assert.ThrowsAsync<TimeoutException>(() => EventLoop.Running.StartTls(
            pair.Server.Transport,
            pair.Server,
            TestCertificates.ServerOptions,
            new StartTlsOptions { HandshakeTimeout = 10.Milliseconds() }).AsTask());
        await Until(() => pair.Client.IsLost && pair.Server.IsLost);
        Assert.IsType<TimeoutException>(pair.Server.Error);
        await pair.CloseAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_Cancelled_ResetsTheConnection(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        LoopTask<Transport> task = Aio.CreateTask(EventLoop.Running.StartTls(
            pair.Server.Transport, pair.Server, TestCertificates.ServerOptions));
        await Aio.Sleep(2.Milliseconds());
        task.Cancel();
        await Until(() => pair.Client.IsLost && pair.Server.IsLost);
        Assert.True(task.IsCancelled);
        Assert.Null(pair.Server.Error);
        Assert.Equal(["made", "lost"], pair.Server.Calls);
        await pair.CloseAsync();
    });

    /// <summary>test_ssl.py: TestSSL.test_start_tls_wrong_args.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartTls_Misuse_SaysSo(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        await Misuse<ArgumentException>(pair, new SslClientAuthenticationOptions(), null);
        await Misuse<ArgumentOutOfRangeException>(
            pair, TestCertificates.ClientOptions, new StartTlsOptions { HandshakeTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentException>(
            () => loop.StartTls(pair.ClientTransport, pair.Client, new SslServerAuthenticationOptions()).Discard());
        await Upgrade(pair);
        await Misuse<InvalidOperationException>(pair, TestCertificates.ClientOptions, null);
        await pair.CloseAsync();
        await Until(() => pair.Client.IsLost);
        await Misuse<InvalidOperationException>(pair, TestCertificates.ClientOptions, null);
    });

    private static async Coroutine Misuse<TException>(
        Pair pair, SslClientAuthenticationOptions client, StartTlsOptions? options)
        where TException : Exception
    {
        Assert.Throws<TException>(
            () => EventLoop.Running.StartTls(pair.ClientTransport, pair.Client, client, options).Discard());
        await Aio.Yield();
    }

    private static async Coroutine<(Transport Client, Transport Server)> Upgrade(
        Pair pair, Transport? client = null, Transport? server = null)
    {
        EventLoop loop = EventLoop.Running;
        LoopTask<Transport> accepting = Aio.CreateTask(loop.StartTls(
            server ?? pair.Server.Transport, pair.Server, TestCertificates.ServerOptions));
        await Aio.Yield();
        Transport connected = await loop.StartTls(
            client ?? pair.ClientTransport, pair.Client, TestCertificates.ClientOptions);
        return (connected, await accepting);
    }
}
