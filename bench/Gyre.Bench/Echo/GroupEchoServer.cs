using System.Net;
using System.Runtime.InteropServices;
using Gyre.Polling;

namespace Gyre.Bench;

/// <summary>Runs one server on several loops.</summary>
internal static class GroupEchoServer
{
    private const int Backlog = 4096;

    /// <summary>Serves until SIGTERM or SIGINT. Connections go to the loops in turn.</summary>
    public static void Run(EchoMode mode, PollerBackend backend, int port, int loops) =>
        LoopGroup.Run(
            group => Serve(group, mode, port),
            new LoopGroupOptions { Count = loops, Loop = new EventLoopOptions { Backend = backend } });

    private static async Coroutine Serve(LoopGroup group, EchoMode mode, int port)
    {
        await using LoopGroupServer server = await Start(group, mode, port);
        Action<PosixSignalContext> stop = context =>
        {
            context.Cancel = true;
            group.Loops[0].CallSoonThreadSafe(() =>
            {
                server.Close();
                server.AbortClients();
            });
        };
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, stop);
        Console.WriteLine($"listening {(IPEndPoint)server.EndPoints[0]} on {group.Loops.Count} loops");
        await server.WaitClosedAsync();
    }

    private static Coroutine<LoopGroupServer> Start(LoopGroup group, EchoMode mode, int port)
    {
        const string Host = "127.0.0.1";
        const ConnectionSpreading Spreading = ConnectionSpreading.InTurn;
        var options = new StreamServerOptions { Backlog = Backlog };
        return mode switch
        {
            EchoMode.Streams => group.StartServer(StreamEcho.Serve, Host, port, options, Spreading),
            EchoMode.Buffered => group.CreateServer(() => new BufferedEcho(), Host, port, options, Spreading),
            _ => group.CreateServer(() => new ProtocolEcho(), Host, port, options, Spreading),
        };
    }
}
