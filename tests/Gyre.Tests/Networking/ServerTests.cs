using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

public class ServerTests : NetworkTest
{
    /// <summary>CPython: EventLoopTestsMixin.test_server_close, BaseStartServer.test_start_server_1,
    /// TestServer2.test_wait_closed_basic. Guarantee G-106.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_WithClients_LeavesThemAndWaitsForThem(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        var accepted = new RecordingProtocol { OnData = (self, data) => self.Transport.Write(data) };
        Server server = await loop.CreateServer(() => accepted, "127.0.0.1", 0);
        int port = PortOf(server);
        Assert.True(server.IsServing);
        Assert.Single(server.Sockets);
        (Transport transport, RecordingProtocol client) = await loop.CreateConnection(
            () => new RecordingProtocol(), "127.0.0.1", port);
        await Until(() => server.ClientCount == 1);
        LoopTask waiting = Aio.CreateTask(server.WaitClosedAsync());
        server.Close();
        server.Close();
        Assert.False(server.IsServing);
        Assert.Empty(server.Sockets);
        transport.Write("still served"u8);
        await Until(() => client.Received.Length == 12);
        await Assert.ThrowsAsync<SocketException>(
            () => loop.CreateConnection(() => new RecordingProtocol(), "127.0.0.1", port).AsTask());
        Assert.False(waiting.IsDone);
        transport.Close();
        await waiting;
        await server.WaitClosedAsync();
        Assert.Equal(0, server.ClientCount);
        Assert.Throws<InvalidOperationException>(server.StartServing);
    });

    /// <summary>CPython: TestServer2.test_wait_closed_basic. Guarantee G-106.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WaitClosed_ServerOpen_WaitsForClose(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await EventLoop.Running.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        LoopTask waiting = Aio.CreateTask(server.WaitClosedAsync());
        LoopTask cancelled = Aio.CreateTask(server.WaitClosedAsync());
        await Aio.Sleep(1.Milliseconds());
        Assert.False(waiting.IsDone);
        cancelled.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.AsTask());
        server.Close();
        await waiting;
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void StartServing_Later_AcceptsFromThenOn(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(
            () => new RecordingProtocol(), "127.0.0.1", 0, new ServerOptions { StartServing = false });
        Assert.False(server.IsServing);
        await Assert.ThrowsAsync<SocketException>(
            () => loop.CreateConnection(() => new RecordingProtocol(), "127.0.0.1", PortOf(server)).AsTask());
        server.StartServing();
        server.StartServing();
        (Transport transport, _) = await loop.CreateConnection(
            () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
        transport.Close();
        await server.DisposeAsync();
    });

    /// <summary>CPython: BaseStartServer.test_start_server_1.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ServeForever_Cancelled_ClosesAndWaits(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(
            () => new RecordingProtocol(), "127.0.0.1", 0, new ServerOptions { StartServing = false });
        LoopTask serving = Aio.CreateTask(server.ServeForeverAsync());
        await Aio.Yield();
        await Aio.Yield();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.ServeForeverAsync().AsTask());
        (Transport transport, _) = await loop.CreateConnection(
            () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
        await Until(() => server.ClientCount == 1);
        serving.Cancel();
        await Aio.Sleep(1.Milliseconds());
        Assert.False(server.IsServing);
        Assert.False(serving.IsDone);
        transport.Close();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.ServeForeverAsync().AsTask());
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ServeForever_ServerClosed_Returns(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await EventLoop.Running.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        LoopTask serving = Aio.CreateTask(server.ServeForeverAsync());
        await Aio.Yield();
        server.Close();
        await serving;
    });

    /// <summary>CPython: TestServer2.test_close_clients.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CloseClients_AndAbortClients_EndThem(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        foreach (bool abort in new[] { false, true })
        {
            Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
            var clients = new List<RecordingProtocol>();
            for (int i = 0; i < 5; i++)
            {
                clients.Add((await loop.CreateConnection(
                    () => new RecordingProtocol(), "127.0.0.1", PortOf(server))).Protocol);
            }

            await Until(() => server.ClientCount == 5);
            server.Close();
            if (abort)
            {
                server.AbortClients();
            }
            else
            {
                server.CloseClients();
            }

            await server.WaitClosedAsync();
            await Until(() => clients.All(client => client.IsLost));
            Assert.All(clients, client => Assert.Equal(abort, client.Error is SocketException));
        }
    });

    /// <summary>CPython: TestServer2.test_abort_clients.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void AbortClients_WithUnsentBytes_DropsThemAndEndsTheWait(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        var accepted = new RecordingProtocol();
        Server server = await loop.CreateServer(() => accepted, "127.0.0.1", 0);
        (Transport transport, RecordingProtocol client) = await loop.CreateConnection(
            () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
        transport.PauseReading();
        await Until(() => accepted.IsMade);
        accepted.Transport.Write(new byte[20_000_000]);
        Assert.NotEqual(0, accepted.Transport.WriteBufferSize);
        LoopTask waiting = Aio.CreateTask(server.WaitClosedAsync());
        await Aio.Yield();
        Assert.False(waiting.IsDone);
        server.Close();
        server.AbortClients();
        await waiting;
        Assert.True(accepted.IsLost);
        transport.ResumeReading();
        await Until(() => client.IsLost);
    });

    /// <summary>CPython: TestServer2.test_wait_closed_race.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WaitClosed_ServerAndClientCloseTogether_Ends(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        LoopTask before = Aio.CreateTask(server.WaitClosedAsync());
        await Aio.Yield();
        Assert.False(before.IsDone);
        (Transport transport, _) = await loop.CreateConnection(
            () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
        loop.CallSoon(server.Close);
        loop.CallSoon(transport.Close);
        await server.WaitClosedAsync();
        await before;
    });

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_server_ipv6,
    /// EventLoopTestsMixin.test_create_server_dual_stack.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_AllAddresses_ShareOnePort(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), null, 0);
        Assert.Single(server.EndPoints.Cast<IPEndPoint>().Select(local => local.Port).Distinct());
        foreach (IPEndPoint local in server.EndPoints.Cast<IPEndPoint>())
        {
            IPAddress loopback = local.AddressFamily == AddressFamily.InterNetwork
                ? IPAddress.Loopback
                : IPAddress.IPv6Loopback;
            (Transport transport, _) = await loop.CreateConnection(
                () => new RecordingProtocol(), new IPEndPoint(loopback, local.Port));
            transport.Close();
        }

        await server.DisposeAsync();
    });

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_server_cant_bind,
    /// EventLoopTestsMixin.test_create_server_reuse_port, test_create_server_addr_in_use.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_PortTaken_SaysSo(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", PortOf(server)).AsTask());
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        Assert.Contains($"127.0.0.1:{PortOf(server)}", error.Message, StringComparison.Ordinal);
        await server.DisposeAsync();

        // At once again: the port is free for a server although old connections may linger.
        await (await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", PortOf(server))).DisposeAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 65_536).AsTask());
    });

    /// <summary>CPython: EventLoopTestsMixin.test_create_server_reuse_port.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_ReusePort_TwoServersServeIt(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        var options = new ServerOptions { ReusePort = true };
        Server first = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0, options);
        Server second = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", PortOf(first), options);
        Assert.Equal(first.EndPoints, second.EndPoints);
        await first.DisposeAsync();
        await second.DisposeAsync();
    });

    /// <summary>CPython: EventLoopTestsMixin.test_create_server_sock.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateServer_OfBoundSockets_ServesThem(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Server server = loop.CreateServer(() => new RecordingProtocol(), [socket]);
        (Transport transport, _) = await loop.CreateConnection(
            () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
        transport.Close();
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ProtocolFactory_Throws_IsReportedAndServiceGoesOn(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        int calls = 0;
        Func<Protocol> make = () => ++calls == 1 ? throw new FormatException("no protocol") : new RecordingProtocol();
        Server server = await loop.CreateServer(make, "127.0.0.1", 0);
        using var refused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        refused.Connect(server.EndPoints[0]);
        await Until(() => calls == 1);
        Assert.Throws<SocketException>(() => refused.Receive(new byte[1]));
        Assert.IsType<FormatException>(Assert.Single(Reports).Exception);
        Reports.Clear();
        (Transport second, _) = await loop.CreateConnection(
            () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
        await Until(() => server.ClientCount == 1);
        second.Close();
        await server.DisposeAsync();
    });

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_accept_connection_exception.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Accept_WithoutDescriptors_ReportsRarelyAndGoesOnSoon(PollerBackend backend)
    {
        var clock = new ManualClock();
        var poller = new StarvedPoller(Poller.Create(backend), clock);
        var reports = new List<string>();
        var options = new EventLoopOptions { Clock = clock, Poller = poller };
        Aio.Run(
            async () =>
            {
                EventLoop loop = EventLoop.Running;
                loop.ExceptionHandler = (_, context) => reports.Add(context.ToString());
                var accepted = new RecordingProtocol();
                Server server = await loop.CreateServer(() => accepted, "127.0.0.1", 0);
                poller.IsStarved = true;
                (Transport transport, _) = await loop.CreateConnection(
                    () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
                await Until(() => poller.FailedAccepts > 0);
                await Aio.Sleep(1.35.Seconds());
                Assert.False(accepted.IsMade);
                Assert.Equal(2, reports.Count);
                Assert.InRange(poller.FailedAccepts, 13, 15);

                poller.IsStarved = false;
                TimeSpan freed = loop.Time;
                await Until(() => accepted.IsMade);
                Assert.InRange(loop.Time - freed, TimeSpan.Zero, 110.Milliseconds());
                transport.Close();
                poller.IsStarved = true;
                await server.DisposeAsync();
            },
            options);
        Assert.All(reports, report => Assert.Contains("could not be accepted", report, StringComparison.Ordinal));
    }

    /// <summary>CPython:
    /// BaseSelectorEventLoopTests.test_accept_connection_skip_connectionabortederror.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Reset_InTheBacklog_DoesNotDisturb(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        var accepted = new List<RecordingProtocol>();
        Func<Protocol> make = () =>
        {
            accepted.Add(new RecordingProtocol());
            return accepted[^1];
        };
        Server server = await loop.CreateServer(make, "127.0.0.1", 0);
        for (int i = 0; i < 50; i++)
        {
            // Connects, and is gone before the loop has had a chance to accept.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, PortOf(server));
            socket.LingerState = new LingerOption(true, 0);
        }

        (Transport transport, _) = await loop.CreateConnection(
            () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
        transport.Close();
        await Until(() => accepted.Count > 0 && accepted.All(protocol => protocol.IsLost));
        Assert.All(accepted, protocol => Assert.Single(protocol.Calls, "lost"));
        await server.DisposeAsync();
    });
}
