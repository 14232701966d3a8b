using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>How datagram endpoints are opened.</summary>
public sealed class DatagramEndpointTests : DatagramTest
{
    private static readonly IPEndPoint s_anyPortV6 = new(IPAddress.IPv6Loopback, 0);

    /// <summary>test_events.py: EventLoopTestsMixin.test_create_datagram_endpoint;
    /// ProtocolsAbsTests.test_datagram_protocol. </summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_LocalAndRemote_TalkToEachOther(PollerBackend backend) =>
        Run(backend, async () => await Talk(AnyPort));

    /// <summary>test_events.py: EventLoopTestsMixin.test_create_datagram_endpoint_ipv6.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_IPv6_TalkToEachOther(PollerBackend backend)
    {
        Assert.SkipUnless(HasIPv6, "This machine has no IPv6.");
        Run(backend, async () => await Talk(s_anyPortV6));
    }

    /// <summary>As asyncio on Linux: an IPv6 socket takes IPv4 as well.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_AllIPv6Addresses_TakesIPv4(PollerBackend backend)
    {
        Assert.SkipUnless(HasIPv6, "This machine has no IPv6.");
        Run(backend, async () =>
        {
            RecordingDatagrams server = await OpenAsync(new IPEndPoint(IPAddress.IPv6Any, 0), protocol: Echo());
            int port = ((IPEndPoint)server.Transport.LocalEndPoint!).Port;
            RecordingDatagrams client = await OpenAsync(remote: new IPEndPoint(IPAddress.Loopback, port));
            client.Transport.SendTo("x"u8);
            await Until(() => client.Received.Count == 1);
            Assert.True(((IPEndPoint)server.Received[0].From).Address.IsIPv4MappedToIPv6);
            server.Transport.SendTo("y"u8, client.Transport.LocalEndPoint);
            await Until(() => client.Received.Count == 2);
            await CloseAsync(client, server);
        });
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_Names_AreResolved(PollerBackend backend) => Run(backend, async () =>
    {
        UseResolver((host, _) => host == "here.example"
            ? [IPAddress.Loopback]
            : throw new SocketException((int)SocketError.HostNotFound));
        RecordingDatagrams server = await OpenAsync(new DnsEndPoint("here.example", 0), protocol: Echo());
        int port = ((IPEndPoint)server.Transport.LocalEndPoint!).Port;
        RecordingDatagrams client = await OpenAsync(remote: new DnsEndPoint("here.example", port));
        client.Transport.SendTo("x"u8);
        await Until(() => client.Received.Count == 1);
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => OpenAsync(new DnsEndPoint("nowhere.example", 0)).AsTask());
        Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
        await CloseAsync(client, server);
    });

    /// <summary>test_base_events.py: BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_ip_addr.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_LiteralAddress_AsksNoResolver(PollerBackend backend) => Run(backend, async () =>
    {
        UseResolver((_, _) => throw new InvalidOperationException("A literal address needs no resolver."));
        RecordingDatagrams endpoint = await OpenAsync(new DnsEndPoint("127.0.0.1", 0));
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)endpoint.Transport.LocalEndPoint!).Address);
        await CloseAsync(endpoint);
    });

    /// <summary>test_base_events.py:
    /// BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_no_addrinfo.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_NameHasNoAddress_Fails(PollerBackend backend) => Run(backend, async () =>
    {
        UseResolver((_, _) => []);
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => OpenAsync(new DnsEndPoint("empty.example", 0)).AsTask());
        Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
    });

    /// <summary>test_base_events.py:
    /// BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_noaddr_nofamily.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_NeitherAddressNorFamily_Throws(PollerBackend backend) => Run(backend, async () =>
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => { _ = EventLoop.Running.CreateDatagramEndpoint(() => new RecordingDatagrams()); });
        Assert.Contains("AddressFamily", error.Message);
        await Aio.Yield();
    });

    /// <summary>test_base_events.py:
    /// BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_no_matching_family.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_FamiliesDiffer_Throws(PollerBackend backend) => Run(backend, async () =>
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            () => OpenAsync(s_anyPortV6, new IPEndPoint(IPAddress.Loopback, 9)).AsTask());
        Assert.Contains("family", error.Message);
        await Assert.ThrowsAsync<ArgumentException>(() => OpenAsync(
            AnyPort, options: new DatagramOptions { AddressFamily = AddressFamily.InterNetworkV6 }).AsTask());
    });

    /// <summary>The first family that has both addresses, and works, is taken.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_OneFamilyFails_TheNextIsTried(PollerBackend backend) => Run(backend, async () =>
    {
        // 192.0.2.0/24 is of no machine, so it cannot be bound.
        UseResolver((_, _) => [IPAddress.Parse("192.0.2.1"), IPAddress.IPv6Loopback]);
        if (HasIPv6)
        {
            RecordingDatagrams endpoint = await OpenAsync(new DnsEndPoint("both.example", 0));
            Assert.Equal(AddressFamily.InterNetworkV6, endpoint.Transport.LocalEndPoint!.AddressFamily);
            await CloseAsync(endpoint);
        }

        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => OpenAsync(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)).AsTask());
        Assert.Equal(SocketError.AddressNotAvailable, error.SocketErrorCode);
    });

    /// <summary>test_base_events.py: BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_cant_bind.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_AddressIsTaken_FailsAndSaysWhere(PollerBackend backend) => Run(backend, async () =>
    {
        using Socket taken = NewPeer(AnyPort);
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => OpenAsync(taken.LocalEndPoint).AsTask());
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        Assert.Contains(taken.LocalEndPoint!.ToString()!, error.Message);
    });

    /// <summary>test_base_events.py:
    /// BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_connect_err. A broadcast address is
    /// refused by the system without permission.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_ConnectFails_ThrowsIt(PollerBackend backend) => Run(backend, async () =>
    {
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => OpenAsync(remote: new IPEndPoint(IPAddress.Broadcast, 9)).AsTask());
        Assert.True(
            error.SocketErrorCode is SocketError.AccessDenied or SocketError.NetworkUnreachable,
            error.SocketErrorCode.ToString());
    });

    /// <summary>test_base_events.py: BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_socket_err.
    /// No system has such a protocol for datagrams.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_NoSuchSocket_Fails(PollerBackend backend) => Run(backend, async () =>
    {
        var options = new DatagramOptions
        {
            AddressFamily = AddressFamily.InterNetwork,
            ProtocolType = ProtocolType.Tcp,
        };
        await Assert.ThrowsAsync<SocketException>(() => OpenAsync(options: options).AsTask());
        await Assert.ThrowsAsync<SocketException>(() => OpenAsync(AnyPort, options: options).AsTask());
    });

    /// <summary>test_base_events.py: BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_sockopts.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_Options_AreSetOnlyWhenAskedFor(PollerBackend backend) => Run(backend, async () =>
    {
        RecordingDatagrams plain = await OpenAsync(AnyPort);
        Assert.False(plain.Transport.Socket!.EnableBroadcast);
        Assert.Equal(0, ReusesPort(plain));
        RecordingDatagrams set = await OpenAsync(
            AnyPort, options: new DatagramOptions { AllowBroadcast = true, ReusePort = OperatingSystem.IsLinux() });
        Assert.True(set.Transport.Socket!.EnableBroadcast);
        Assert.Equal(OperatingSystem.IsLinux() ? 1 : 0, ReusesPort(set));
        Assert.Equal(0, Option(set, 2));
        await CloseAsync(plain, set);

        static int ReusesPort(RecordingDatagrams endpoint) => Option(endpoint, 15);

        static int Option(RecordingDatagrams endpoint, int option)
        {
            Span<byte> value = stackalloc byte[4];
            return OperatingSystem.IsLinux() && endpoint.Transport.Socket!.GetRawSocketOption(1, option, value) == 4
                ? BitConverter.ToInt32(value)
                : 0;
        }
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_ReusePort_TwoShareIt(PollerBackend backend) => Run(backend, async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only some systems have SO_REUSEPORT.");
        var options = new DatagramOptions { ReusePort = true };
        RecordingDatagrams first = await OpenAsync(AnyPort, options: options);
        RecordingDatagrams second = await OpenAsync(first.Transport.LocalEndPoint, options: options);
        Assert.Equal(first.Transport.LocalEndPoint, second.Transport.LocalEndPoint);
        await CloseAsync(first, second);
    });

    /// <summary>test_base_events.py:
    /// BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_allow_broadcast.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_AllowBroadcast_IsNotConnected(PollerBackend backend) => Run(backend, async () =>
    {
        using Socket peer = NewPeer(AnyPort);
        using Socket stranger = NewPeer(AnyPort);
        RecordingDatagrams endpoint = await OpenAsync(
            remote: peer.LocalEndPoint, options: new DatagramOptions { AllowBroadcast = true });
        Assert.Equal(peer.LocalEndPoint, endpoint.Transport.RemoteEndPoint);
        endpoint.Transport.SendTo("x"u8);
        Assert.Equal("x"u8, Take(peer));
        endpoint.Transport.SendTo("y"u8, peer.LocalEndPoint);
        Assert.Equal("y"u8, Take(peer));
        var local = new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)endpoint.Transport.LocalEndPoint!).Port);
        stranger.SendTo("z"u8, local);
        await Until(() => endpoint.Received.Count == 1);
        await CloseAsync(endpoint);
    });

    /// <summary>To all hosts of the network. Where the environment has none, there is nothing to see.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SendTo_BroadcastAddress_ReachesWhoeverListens(PollerBackend backend) => Run(backend, async () =>
    {
        RecordingDatagrams listener = await OpenAsync(new IPEndPoint(IPAddress.Any, 0));
        int port = ((IPEndPoint)listener.Transport.LocalEndPoint!).Port;

        // Of the loopback network: every Linux machine has it.
        RecordingDatagrams sender = await OpenAsync(
            remote: new IPEndPoint(IPAddress.Parse("127.255.255.255"), port),
            options: new DatagramOptions { AllowBroadcast = true });
        sender.Transport.SendTo("all"u8);
        Assert.SkipWhen(sender.Errors.Count > 0, "This machine's loopback network has no broadcast.");
        await Until(() => listener.Received.Count == 1);
        Assert.Equal(["all"], listener.Texts);
        await CloseAsync(sender, listener);
    });

    /// <summary>test_events.py: EventLoopTestsMixin.test_create_datagram_endpoint_sock,
    /// BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_sock.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_GivenSocket_IsTakenOver(PollerBackend backend) => Run(backend, async () =>
    {
        Socket bound = NewPeer(AnyPort);
        EndPoint address = bound.LocalEndPoint!;
        (DatagramTransport transport, RecordingDatagrams server) =
            await EventLoop.Running.CreateDatagramEndpoint(Echo, bound);
        Assert.Equal(address, transport.LocalEndPoint);
        Assert.Null(transport.RemoteEndPoint);
        Socket connected = NewPeer(AnyPort);
        connected.Connect(address);
        (DatagramTransport toServer, RecordingDatagrams client) =
            await EventLoop.Running.CreateDatagramEndpoint(() => new RecordingDatagrams(), connected);
        Assert.Equal(address, toServer.RemoteEndPoint);
        toServer.SendTo("x"u8);
        await Until(() => client.Received.Count == 1);
        await CloseAsync(client, server);
        Assert.True(bound.SafeHandle.IsClosed);
        Assert.Null(transport.Socket);
    });

    /// <summary>test_base_events.py: BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_wrong_sock.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_StreamSocket_IsRefused(PollerBackend backend) => Run(backend, async () =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => { _ = EventLoop.Running.CreateDatagramEndpoint(() => new RecordingDatagrams(), socket); });
        Assert.Contains("datagram", error.Message);
        Assert.True(socket.SafeHandle.IsClosed);
        await Aio.Yield();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_FactoryThrows_NothingStaysOpen(PollerBackend backend) => Run(backend, async () =>
    {
        Socket socket = NewPeer(AnyPort);
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(
            () => EventLoop.Running.CreateDatagramEndpoint<RecordingDatagrams>(
                () => throw new TimeZoneNotFoundException(), socket).AsTask());
        Assert.True(socket.SafeHandle.IsClosed);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_OnlyAFamily_FirstSendBindsIt(PollerBackend backend) => Run(backend, async () =>
    {
        RecordingDatagrams server = await OpenAsync(AnyPort, protocol: Echo());
        RecordingDatagrams client = await OpenAsync(
            options: new DatagramOptions { AddressFamily = AddressFamily.InterNetwork });
        client.Transport.SendTo("x"u8, server.Transport.LocalEndPoint);
        await Until(() => client.Received.Count == 1);
        Assert.Equal(server.Transport.LocalEndPoint, client.Received[0].From);
        Assert.NotNull(client.Transport.LocalEndPoint);
        await CloseAsync(client, server);
    });

    private static async Coroutine Talk(IPEndPoint address)
    {
        RecordingDatagrams server = await OpenAsync(address, protocol: new RecordingDatagrams
        {
            OnDatagram = static (self, data, from) => self.Transport.SendTo((byte[])[.. "resp:"u8, .. data], from),
        });
        Assert.Equal(["made"], server.Calls);
        RecordingDatagrams client = await OpenAsync(remote: server.Transport.LocalEndPoint);
        Assert.Equal(["made"], client.Calls);
        client.Transport.SendTo("xxx"u8);
        await Until(() => client.Received.Count == 1);
        Assert.Equal(["xxx"], server.Texts);
        Assert.Equal(["resp:xxx"], client.Texts);
        Assert.Equal(client.Transport.LocalEndPoint, server.Received[0].From);
        Assert.Equal(server.Transport.LocalEndPoint, client.Received[0].From);
        Assert.Equal(server.Transport.LocalEndPoint, client.Transport.RemoteEndPoint);
        Assert.Null(server.Transport.RemoteEndPoint);
        await CloseAsync(client, server);
        Assert.Equal(["made", "datagram", "lost"], client.Calls);
        Assert.Null(client.Error);
    }
}
