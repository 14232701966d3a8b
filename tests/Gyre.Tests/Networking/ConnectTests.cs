using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

public class ConnectTests : NetworkTest
{
    /// <summary>An address of the documentation block (RFC 5737): nobody answers there, or the system says so at
    /// once.</summary>
    private static readonly IPAddress s_silent = IPAddress.Parse("192.0.2.1");

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_connection_connect_err,
    /// test_create_connection_ip_addr.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_Refused_NamesHostAndPort(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        int port = ClosedPort();
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => loop.CreateConnection(() => new RecordingProtocol(), "127.0.0.1", port).AsTask());
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.Equal($"Cannot connect to 127.0.0.1:{port}: Connection refused", error.Message);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_UnknownHost_NamesIt(PollerBackend backend) => Run(backend, async () =>
    {
        UseResolver((_, _) => throw new SocketException((int)SocketError.HostNotFound));
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => EventLoop.Running.CreateConnection(
            () => new RecordingProtocol(), "no-such-host.example", 80).AsTask());
        Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
        Assert.Contains("no-such-host.example", error.Message, StringComparison.Ordinal);
    });

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_connection_multiple_errors,
    /// test_create_connection_multiple, StaggeredTests.test_none_successful.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_AllAddressesRefused_IsOneError(PollerBackend backend) => Run(backend, async () =>
    {
        int port = ClosedPort();
        UseResolver((_, _) => [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]);
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => EventLoop.Running.CreateConnection(
            () => new RecordingProtocol(), "two.example", port).AsTask());
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.Contains($"two.example:{port}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.2:{port}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    });

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_connection_multiple_errors,
    /// StaggeredTests.test_none_successful.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_DifferentFailures_AreReportedTogether(PollerBackend backend) => Run(backend, async () =>
    {
        int port = ClosedPort();

        // A broadcast address cannot be connected to.
        UseResolver((_, _) => [IPAddress.Broadcast, IPAddress.Loopback]);
        AggregateException error = await Assert.ThrowsAsync<AggregateException>(
            () => EventLoop.Running.CreateConnection(() => new RecordingProtocol(), "odd.example", port).AsTask());
        Assert.Equal(2, error.InnerExceptions.Count);
        Assert.All(error.InnerExceptions, inner => Assert.IsType<SocketException>(inner));
        Assert.Contains($"odd.example:{port}", error.Message, StringComparison.Ordinal);
    });

    /// <summary>CPython: StaggeredTests.test_first_error_second_successful.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_FirstAddressFails_TheNextIsTaken(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        UseResolver((_, _) => [IPAddress.Parse("127.0.0.2"), IPAddress.Broadcast, IPAddress.Loopback]);
        foreach (TimeSpan? delay in new TimeSpan?[] { null, 10.Seconds() })
        {
            (Transport transport, _) = await loop.CreateConnection(
                () => new RecordingProtocol(),
                "three.example",
                PortOf(server),
                new ConnectionOptions { HappyEyeballsDelay = delay });
            Assert.Equal(server.EndPoints[0], transport.RemoteEndPoint);
            transport.Close();
        }

        await server.DisposeAsync();
    });

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_connection_multiple_errors_local_addr,
    /// EventLoopTestsMixin.test_create_connection_local_addr.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_LocalEndPoint_IsUsed(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        (Transport transport, _) = await loop.CreateConnection(
            () => new RecordingProtocol(),
            "127.0.0.1",
            PortOf(server),
            new ConnectionOptions { LocalEndPoint = new IPEndPoint(IPAddress.Parse("127.0.0.3"), 0) });
        Assert.Equal(IPAddress.Parse("127.0.0.3"), ((IPEndPoint)transport.LocalEndPoint!).Address);
        transport.Close();
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => loop.CreateConnection(
            () => new RecordingProtocol(),
            "127.0.0.1",
            PortOf(server),
            new ConnectionOptions { LocalEndPoint = new IPEndPoint(s_silent, 0) }).AsTask());
        Assert.Equal(SocketError.AddressNotAvailable, error.SocketErrorCode);
        await server.DisposeAsync();
    });

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_connection_wrong_sock,
    /// EventLoopTestsMixin.test_connect_accepted_socket,
    /// BaseSockTestsMixin.test_create_connection_sock.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_ConnectedSocket_IsTakenOver(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(
            () => new RecordingProtocol { OnData = (self, data) => self.Transport.Write(data) }, "127.0.0.1", 0);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(server.EndPoints[0]);
        (Transport transport, RecordingProtocol protocol) = await loop.CreateConnection(
            () => new RecordingProtocol(), socket);
        transport.Write("x"u8);
        await Until(() => protocol.Received.Length == 1);
        transport.Close();
        await server.DisposeAsync();
        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await Assert.ThrowsAsync<ArgumentException>(
            () => loop.CreateConnection(() => new RecordingProtocol(), datagrams).AsTask());
    });

    /// <summary>CPython: EventLoopTestsMixin.test_create_unix_connection, test_create_unix_server;
    /// UnixServerCleanupTests.test_unix_server_sock_cleanup.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_UnixSocket_Connects(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        string path = Path.Combine(Path.GetTempPath(), $"gyre-{Guid.NewGuid():N}.sock");
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        Server server = loop.CreateServer(
            () => new RecordingProtocol { OnData = (self, data) => self.Transport.Write(data) }, [listener]);
        (Transport transport, RecordingProtocol protocol) = await loop.CreateConnection(
            () => new RecordingProtocol(), new UnixDomainSocketEndPoint(path));
        transport.Write("over a file"u8);
        await Until(() => protocol.Received.Length == 11);
        transport.Close();
        await server.DisposeAsync();
        Assert.False(File.Exists(path));
    });

    [Fact]
    public void Interleave_TwoFamilies_TakesTurnsFromTheFirst()
    {
        IPAddress[] addresses = [.. new[] { "::1", "::2", "::3", "1.1.1.1", "2.2.2.2" }.Select(IPAddress.Parse)];
        Assert.Equal(
            ["::1", "1.1.1.1", "::2", "2.2.2.2", "::3"],
            Connecting.Interleave(addresses).Select(address => address.ToString()));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_Misuse_IsSaidAtOnce(PollerBackend backend) => Run(backend, () =>
    {
        EventLoop loop = EventLoop.Running;
        Assert.Throws<ArgumentOutOfRangeException>(
            () => loop.CreateConnection(() => new RecordingProtocol(), "127.0.0.1", 0));
        Assert.Throws<ArgumentException>(() => loop.CreateConnection(() => new RecordingProtocol(), "", 80));
        Assert.Throws<ArgumentNullException>(() => loop.CreateConnection((Func<Protocol>)null!, "127.0.0.1", 80));
        return default;
    });
}
