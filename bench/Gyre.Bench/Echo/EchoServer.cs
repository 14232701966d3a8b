using System.Net;
using System.Runtime.InteropServices;
using Gyre.Polling;

namespace Gyre.Bench;

/// <summary>Runs one server on the calling thread.</summary>
internal static class EchoServer
{
    private const int Backlog = 4096;

    /// <summary>Serves until SIGTERM or SIGINT. Says where on standard output first.</summary>
    public static void Run(EchoMode mode, PollerBackend backend, int port) => Aio.Run(
        () => mode == EchoMode.Sockets ? SocketEcho.Serve(port, Backlog) : Serve(mode, port),
        new EventLoopOptions { Backend = backend });

    private static async Coroutine Serve(EchoMode mode, int port)
    {
        EventLoop loop = EventLoop.Running;
        await using Server server = await Start(loop, mode, port);
        Action<PosixSignalContext> stop = context =>
        {
            context.Cancel = true;
            loop.CallSoonThreadSafe(() =>
            {
                server.Close();
                server.AbortClients();
            });
        };
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, stop);
        Console.WriteLine($"listening {(IPEndPoint)server.EndPoints[0]}");
        await server.WaitClosedAsync();
    }

    private static async Coroutine<Server> Start(EventLoop loop, EchoMode mode, int port)
    {
        const string Host = "127.0.0.1";
        var options = new StreamServerOptions { Backlog = Backlog };
        return mode switch
        {
            EchoMode.Streams => await Aio.StartServer(StreamEcho.Serve, Host, port, options),
            EchoMode.Buffered => await loop.CreateServer(() => new BufferedEcho(), Host, port, options),
            _ => await loop.CreateServer(() => new ProtocolEcho(), Host, port, options),
        };
    }
}
