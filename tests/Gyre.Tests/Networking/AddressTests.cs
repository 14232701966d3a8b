using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>Which addresses are connected to and listened on.</summary>
public class AddressTests : NetworkTest
{
    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_connection_no_getaddrinfo,
    /// test_create_connection_happy_eyeballs_empty_exceptions; StaggeredTests.test_empty.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_HostWithoutAddresses_IsAnError(PollerBackend backend) => Run(backend, async () =>
    {
        UseResolver((_, _) => []);
        foreach (TimeSpan? delay in new TimeSpan?[] { null, 100.Milliseconds() })
        {
            SocketException error = await Assert.ThrowsAsync<SocketException>(() => EventLoop.Running.CreateConnection(
                () => new RecordingProtocol(),
                "empty.example",
                80,
                new ConnectionOptions { HappyEyeballsDelay = delay }).AsTask());
            Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
            Assert.Contains("empty.example", error.Message, StringComparison.Ordinal);
        }
    });

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_server_no_getaddrinfo.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_HostWithoutAddresses_IsAnError(PollerBackend backend) => Run(backend, async () =>
    {
        UseResolver((_, _) => []);
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => EventLoop.Running.CreateServer(() => new RecordingProtocol(), "empty.example", 0).AsTask());
        Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
    });

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_server_empty_host, and TestServer.test_get_loop of
    /// test_events.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_EmptyHost_ListensOnAllAddressesWithoutALookup(PollerBackend backend) =>
        Run(backend, async () =>
        {
            UseResolver((_, _) => throw new FormatException("nothing to look up"));
            Server all = await EventLoop.Running.CreateServer(() => new RecordingProtocol(), null, 0);
            Server empty = await EventLoop.Running.CreateServer(() => new RecordingProtocol(), "", 0);
            Assert.Equal(Addresses(all), Addresses(empty));
            Assert.Contains(IPAddress.Any, Addresses(empty));
            Assert.Same(EventLoop.Running, empty.Loop);
            await all.DisposeAsync();
            await empty.DisposeAsync();

            static IEnumerable<IPAddress> Addresses(Server server) =>
                server.EndPoints.Cast<IPEndPoint>().Select(local => local.Address);
        });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_OfOneFamily_ListensOnItsAddressesOnly(PollerBackend backend) => Run(backend, async () =>
    {
        UseResolver((_, family) => family == AddressFamily.InterNetwork ? [IPAddress.Loopback] : throw new FormatException());
        var options = new ServerOptions { AddressFamily = AddressFamily.InterNetwork };
        foreach (string? host in new[] { null, "four.example", "127.0.0.1" })
        {
            Server server = await EventLoop.Running.CreateServer(() => new RecordingProtocol(), host, 0, options);
            Assert.Equal(AddressFamily.InterNetwork, Assert.Single(server.EndPoints).AddressFamily);
            await server.DisposeAsync();
        }

        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => EventLoop.Running.CreateServer(() => new RecordingProtocol(), "::1", 0, options).AsTask());
        Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
    });

    /// <summary>CPython: EventLoopTestsMixin.test_create_server_multiple_hosts_ipv6.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_HostsOfBothFamilies_ServesEachOnce(PollerBackend backend)
    {
        Assert.SkipUnless(HasIPv6Loopback(), "This machine has no IPv6.");
        Run(backend, async () =>
        {
            Server server = await EventLoop.Running.CreateServer(
                () => new RecordingProtocol(), ["::1", "127.0.0.1", "::1"], 0);
            Assert.Equal(
                [IPAddress.IPv6Loopback, IPAddress.Loopback],
                server.EndPoints.Cast<IPEndPoint>().Select(local => local.Address));
            await server.DisposeAsync();
        });

        static bool HasIPv6Loopback()
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
                return true;
            }
            catch (SocketException)
            {
                return false; // Not compiled into the kernel, or turned off.
            }
        }
    }

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_server_wrong_sock,
    /// test_create_connection_wrong_sock.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void DatagramSocket_AsAServersOrAConnections_IsRefused(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.Throws<ArgumentException>(() => loop.CreateServer(() => new RecordingProtocol(), [first]));
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await Assert.ThrowsAsync<ArgumentException>(
            () => loop.CreateConnection(() => new RecordingProtocol(), second).AsTask());
    });

    /// <summary>CPython: EventLoopTestsMixin.test_create_connection_local_addr_skip_different_family. The local address
    /// is one address here, and decides which of the host's are tried.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void LocalEndPoint_OfOneFamily_OnlyThatFamilyIsTried(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        UseResolver((_, family) => [.. new[] { IPAddress.IPv6Loopback, IPAddress.Loopback }
            .Where(address => family is AddressFamily.Unspecified || address.AddressFamily == family)]);
        (Transport transport, _) = await loop.CreateConnection(
            () => new RecordingProtocol(),
            "both.example",
            PortOf(server),
            new ConnectionOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0) });
        Assert.Equal(server.EndPoints[0], transport.RemoteEndPoint);
        transport.Close();
        await server.DisposeAsync();
    });

    /// <summary>CPython: EventLoopTestsMixin.test_create_connection_local_addr_nomatch_family.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void LocalEndPoint_OfAFamilyThatTheHostLacks_IsAnError(PollerBackend backend) => Run(backend, async () =>
    {
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => EventLoop.Running.CreateConnection(
            () => new RecordingProtocol(),
            "127.0.0.1",
            80,
            new ConnectionOptions { LocalEndPoint = new IPEndPoint(IPAddress.IPv6Loopback, 0) }).AsTask());
        Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
    });

    /// <summary>CPython: EventLoopTestsMixin.test_create_connection_local_addr_in_use.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void LocalEndPoint_InUse_IsAnErrorThatNamesIt(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => loop.CreateConnection(
            () => new RecordingProtocol(),
            "127.0.0.1",
            PortOf(server),
            new ConnectionOptions { LocalEndPoint = server.EndPoints[0] }).AsTask());
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        Assert.Contains(server.EndPoints[0].ToString()!, error.Message, StringComparison.Ordinal);
        await server.DisposeAsync();
    });

    /// <summary>CPython: StaggeredTests.test_one_successful.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_FirstAddressAnswers_NoOtherIsTried(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        int accepted = 0;
        Func<Protocol> accept = () =>
        {
            accepted++;
            return new RecordingProtocol();
        };
        Server first = await loop.CreateServer(accept, "127.0.0.1", 0);
        Server second = await loop.CreateServer(accept, "127.0.0.2", PortOf(first));
        UseResolver((_, _) => [IPAddress.Loopback, IPAddress.Parse("127.0.0.2")]);
        (Transport transport, _) = await loop.CreateConnection(
            () => new RecordingProtocol(),
            "two.example",
            PortOf(first),
            new ConnectionOptions { HappyEyeballsDelay = null });
        await Until(() => accepted > 0);
        Assert.Equal(first.EndPoints[0], transport.RemoteEndPoint);
        Assert.Equal(1, accepted);
        Assert.Equal(0, second.ClientCount);
        transport.Close();
        await first.DisposeAsync();
        await second.DisposeAsync();
    });

    /// <summary>CPython: StaggeredTests.test_multiple_winners: whoever is second is closed.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_SeveralAddressesAnswer_OneIsKept(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(
            () => new RecordingProtocol { OnData = (self, data) => self.Transport.Write(data) }, "0.0.0.0", 0);
        UseResolver((_, _) => [.. Enumerable.Range(1, 5).Select(n => IPAddress.Parse($"127.0.0.{n}"))]);
        (Transport transport, RecordingProtocol protocol) = await loop.CreateConnection(
            () => new RecordingProtocol(),
            "five.example",
            PortOf(server),
            new ConnectionOptions { HappyEyeballsDelay = TimeSpan.Zero });
        transport.Write("kept"u8);
        await Until(() => protocol.Received.Length == 4 && server.ClientCount == 1);
        transport.Close();
        await server.DisposeAsync();
    });
}
