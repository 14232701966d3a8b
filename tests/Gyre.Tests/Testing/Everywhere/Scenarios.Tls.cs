using Gyre.Testing;
using Gyre.Tests.Networking;
using Gyre.Tests.Networking.Tls;
using Gyre.Tests.Streams;
using Pair = Gyre.Tests.Networking.ProtocolPair<
    Gyre.Tests.Networking.RecordingProtocol, Gyre.Tests.Networking.RecordingProtocol>;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddTls(Dictionary<string, Scenario> all)
    {
        all.Add(
            "EventLoop.StartTls(Transport, Protocol, SslClientAuthenticationOptions, StartTlsOptions)",
            async scenario => await CancelTransportTls(scenario, client: true),
            realTime: true);
        all.Add(
            "EventLoop.StartTls(Transport, Protocol, SslServerAuthenticationOptions, StartTlsOptions)",
            async scenario => await CancelTransportTls(scenario, client: false),
            realTime: true);
        all.Add(
            "LoopStreamWriter.StartTlsAsync(SslClientAuthenticationOptions, StartTlsOptions)",
            async scenario => await CancelStreamTls(scenario, client: true),
            realTime: true);
        all.Add(
            "LoopStreamWriter.StartTlsAsync(SslServerAuthenticationOptions, StartTlsOptions)",
            async scenario => await CancelStreamTls(scenario, client: false),
            realTime: true);
        AddUnix(all);
    }

    private static void AddUnix(Dictionary<string, Scenario> all)
    {
        const string NeverWaits = "Binding a path takes no time. That it is a coroutine leaves room for a version that waits.";
        all.Add(
            "Aio.OpenUnixConnection(String, StreamConnectionOptions)",
            async scenario => await CancelUnix(scenario, static path => Aio.OpenUnixConnection(path)),
            realTime: true);
        all.Add(
            "EventLoop.CreateUnixConnection<TProtocol>(Func<TProtocol>, String, ConnectionOptions)",
            async scenario => await CancelUnix(
                scenario, static path => Aio.RunningLoop.CreateUnixConnection(() => new RecordingProtocol(), path)),
            realTime: true);
        all.Add(
            "Aio.StartUnixServer(Func<LoopStreamReader, LoopStreamWriter, Coroutine>, String, StreamServerOptions)",
            new Scenario(
                async scenario => await CancelUnixListen(
                    scenario, static path => Aio.StartUnixServer(static (_, _) => default, path)),
                RealTime: true,
                NeverWaits));
        all.Add(
            "EventLoop.CreateUnixServer(Func<Protocol>, String, ServerOptions)",
            new Scenario(
                async scenario => await CancelUnixListen(
                    scenario, static path => Aio.RunningLoop.CreateUnixServer(() => new RecordingProtocol(), path)),
                RealTime: true,
                NeverWaits));
    }

    /// <summary>A connection that nobody got is closed: the server sees the end of each that it accepted.</summary>
    private static async Coroutine CancelUnix<T>(CancelScenario scenario, Func<string, Coroutine<T>> open)
    {
        using var directory = new TemporaryDirectory();
        Server server = await Aio.RunningLoop.CreateUnixServer(() => new RecordingProtocol(), directory["socket"]);
        LoopTask<T> target = scenario.Target(open(directory["socket"]));
        await End(target);
        if (!target.IsCancelled)
        {
            switch (target.Result)
            {
                case Connection connection:
                    await connection.DisposeAsync();
                    break;
                case ValueTuple<Transport, RecordingProtocol> pair:
                    pair.Item1.Close();
                    break;
            }
        }

        await server.DisposeAsync();
    }

    /// <summary>A server that nobody got has left no file.</summary>
    private static async Coroutine CancelUnixListen(CancelScenario scenario, Func<string, Coroutine<Server>> listen)
    {
        using var directory = new TemporaryDirectory();
        LoopTask<Server> target = scenario.Target(listen(directory["socket"]));
        await End(target);
        Assert.Equal(!target.IsCancelled, File.Exists(directory["socket"]));
        if (!target.IsCancelled)
        {
            await target.Result.DisposeAsync();
        }

        Assert.False(File.Exists(directory["socket"]));
    }

    /// <summary>Both protocols hear of the end of their connection, once, whatever became of the
    /// handshake.</summary>
    private static async Coroutine CancelTransportTls(CancelScenario scenario, bool client)
    {
        EventLoop loop = Aio.RunningLoop;
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        Coroutine<Transport> connect = loop.StartTls(
            pair.ClientTransport, pair.Client, TestCertificates.ClientOptions);
        Coroutine<Transport> accept = loop.StartTls(
            pair.Server.Transport, pair.Server, TestCertificates.ServerOptions);
        LoopTask<Transport> other = Aio.CreateTask(client ? accept : connect);
        LoopTask<Transport> target = scenario.Target(client ? connect : accept);
        await End(target);
        if (!target.IsCancelled)
        {
            target.Result.Close();
        }
        else
        {
            // Before its first step nothing has been started, and the connection is as it was.
            (client ? pair.ClientTransport : pair.Server.Transport).Outermost.Abort();
        }

        await Aio.Wait([other]);
        _ = other.IsCancelled ? null : other.Exception;
        await pair.CloseAsync();
        while (!pair.Client.IsLost || !pair.Server.IsLost)
        {
            await Aio.Sleep(1.Milliseconds());
        }

        Assert.Single(pair.Client.Calls, "lost");
        Assert.Single(pair.Server.Calls, "lost");
    }

    /// <summary>Both ends of the connection close, whatever became of the handshake.</summary>
    private static async Coroutine CancelStreamTls(CancelScenario scenario, bool client)
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        Coroutine connect = pair.Client.Writer.StartTlsAsync(TestCertificates.ClientOptions);
        Coroutine accept = pair.Server.Writer.StartTlsAsync(TestCertificates.ServerOptions);
        LoopTask other = Aio.CreateTask(client ? accept : connect);
        LoopTask target = scenario.Target(client ? connect : accept);
        await End(target);
        pair.Client.Writer.Abort();
        pair.Server.Writer.Abort();
        await Aio.Wait([other]);
        _ = other.IsCancelled ? null : other.Exception;
        foreach (LoopStreamWriter writer in new[] { pair.Client.Writer, pair.Server.Writer })
        {
            try
            {
                await writer.WaitClosedAsync();
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
                // It may have been lost with an error.
            }
        }
    }
}
