using System.Net;
using System.Net.Sockets;
using Gyre.Testing;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddNetworking(Dictionary<string, Scenario> all)
    {
        all.Add(
            "EventLoop.CreateConnection<TProtocol>(Func<TProtocol>, String, Int32, ConnectionOptions)",
            async scenario => await CancelConnect(scenario, static (make, end) =>
                Aio.RunningLoop.CreateConnection(make, "localhost", end.Port)),
            realTime: true);
        all.Add(
            "EventLoop.CreateConnection<TProtocol>(Func<TProtocol>, EndPoint, ConnectionOptions)",
            async scenario => await CancelConnect(scenario, static (make, end) =>
                Aio.RunningLoop.CreateConnection(make, end)),
            realTime: true);
        all.Add(
            "EventLoop.CreateConnection<TProtocol>(Func<TProtocol>, Socket, ConnectionOptions)",
            async scenario => await CancelGiven(scenario, static (make, socket) =>
                Aio.RunningLoop.CreateConnection(make, socket)),
            realTime: true);
        all.Add(
            "EventLoop.ConnectAcceptedSocket<TProtocol>(Func<TProtocol>, Socket, ServerOptions)",
            async scenario => await CancelGiven(scenario, static (make, socket) =>
                Aio.RunningLoop.ConnectAcceptedSocket(make, socket)),
            realTime: true);
        all.Add(
            "EventLoop.CreateServer(Func<Protocol>, IReadOnlyList<String>, Int32, ServerOptions)",
            async scenario => await CancelListen(
                scenario, () => Aio.RunningLoop.CreateServer(() => new RecordingProtocol(), ["localhost"], 0)),
            realTime: true);
        all.Add(
            "EventLoop.CreateServer(Func<Protocol>, String, Int32, ServerOptions)",
            async scenario => await CancelListen(
                scenario, () => Aio.RunningLoop.CreateServer(() => new RecordingProtocol(), "localhost", 0)),
            realTime: true);
        all.Add(
            "EventLoop.ResolveAsync(String, AddressFamily)",
            async scenario =>
            {
                LoopTask<IReadOnlyList<IPAddress>> target = scenario.Target(Aio.RunningLoop.ResolveAsync("localhost"));
                LoopTask<IReadOnlyList<IPAddress>> other = Aio.CreateTask(Aio.RunningLoop.ResolveAsync("localhost"));
                await End(target);

                // They share the lookup; one that lets go leaves it to the other.
                Assert.NotEmpty(await other);
            },
            realTime: true);
        AddLookups(all);
        AddServers(all);
        AddSockets(all);
        AddDatagrams(all);
        AddTls(all);
        AddPipes(all);
    }

    private static void AddLookups(Dictionary<string, Scenario> all)
    {
        const string Rest = "AddressFamily, SocketType, ProtocolType, AddrInfoFlags)";
        Add($"EventLoop.GetAddrInfoAsync(String, String, {Rest}", loop => loop.GetAddrInfoAsync("localhost", "80"));
        Add($"EventLoop.GetAddrInfoAsync(String, Int32, {Rest}", loop => loop.GetAddrInfoAsync("localhost", 80));

        void Add(string name, Func<EventLoop, Coroutine<IReadOnlyList<AddrInfo>>> get) => all.Add(
            name,
            async scenario =>
            {
                LoopTask<IReadOnlyList<AddrInfo>> target = scenario.Target(get(Aio.RunningLoop));
                LoopTask<IReadOnlyList<AddrInfo>> other = Aio.CreateTask(get(Aio.RunningLoop));
                await End(target);
                Assert.NotEmpty(await other);
            },
            realTime: true);
    }

    private static void AddServers(Dictionary<string, Scenario> all)
    {
        all.Add("Server.ServeForeverAsync()", async scenario =>
        {
            Server server = await ListenAsync();
            LoopTask target = scenario.Target(server.ServeForeverAsync());
            After(2.Milliseconds(), server.Close);
            await End(target);
            await server.DisposeAsync();
            Assert.False(server.IsServing);
        }, realTime: true);
        all.Add("Server.WaitClosedAsync()", async scenario =>
        {
            Server server = await ListenAsync();
            LoopTask target = scenario.Target(server.WaitClosedAsync());
            After(2.Milliseconds(), server.Close);
            await End(target);
            await server.WaitClosedAsync();
            Assert.False(server.IsServing);
        }, realTime: true);
        all.Add("Server.DisposeAsync()", async scenario =>
        {
            Server server = await ListenAsync();
            (Transport client, RecordingProtocol protocol) =
                await Aio.RunningLoop.CreateConnection(() => new RecordingProtocol(), server.EndPoints[0]);
            LoopTask target = scenario.Target(server.DisposeAsync());
            await Aio.Sleep(1.Milliseconds());
            client.Close();
            await End(target);
            await server.DisposeAsync();
            Assert.Equal(0, server.ClientCount);
            Assert.Equal("made", protocol.Calls[0]);
        }, realTime: true);
    }

    private static async Coroutine CancelGiven(
        CancelScenario scenario,
        Func<Func<RecordingProtocol>, Socket, Coroutine<(Transport, RecordingProtocol)>> connect)
    {
        // Blocking, because it is the owner's before the call. Once that has begun, it is the library's.
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await CancelConnect(
            scenario,
            (make, end) =>
            {
                socket.Connect(end);
                return connect(make, socket);
            },
            onNotBegun: socket.Dispose);
    }

    private static Coroutine<Server> ListenAsync() =>
        Aio.RunningLoop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);

    /// <summary>A protocol that was made hears of its end, and the server loses each connection that it
    /// accepted.</summary>
    private static async Coroutine CancelConnect(
        CancelScenario scenario,
        Func<Func<RecordingProtocol>, IPEndPoint, Coroutine<(Transport, RecordingProtocol)>> connect,
        Action? onNotBegun = null)
    {
        var made = new List<RecordingProtocol>();
        Server server = await ListenAsync();
        LoopTask<(Transport Transport, RecordingProtocol Protocol)> target = scenario.Target(
            connect(Make, (IPEndPoint)server.EndPoints[0]));
        await End(target);
        if (!target.IsCancelled)
        {
            target.Result.Transport.Close();
        }
        else if (scenario.CancelledAt is { Number: 0 })
        {
            onNotBegun?.Invoke();
        }

        await server.DisposeAsync();
        while (made.Exists(protocol => protocol.IsMade && !protocol.IsLost))
        {
            await Aio.Sleep(1.Milliseconds());
        }

        RecordingProtocol Make()
        {
            var protocol = new RecordingProtocol();
            made.Add(protocol);
            return protocol;
        }
    }
}
