// A TCP proxy: each connection to its port goes on to another server.
//
//     TcpProxy 8080 127.0.0.1:80      serves until Ctrl+C or SIGTERM
//     TcpProxy                        shows itself, with a server and a client of its own
//
// Either end may close its direction first: the end of the input travels on, and the other direction stays
// open. Memory is bounded: no more is read from one side than the other has taken.
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gyre;

Aio.Run(args is [var port, var upstream] ? Serve(int.Parse(port), IPEndPoint.Parse(upstream)) : Demonstrate());

static async Coroutine Serve(int port, IPEndPoint upstream)
{
    await using Server proxy = await StartProxy(port, upstream);
    EventLoop loop = Aio.RunningLoop;
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        loop.CallSoonThreadSafe(() =>
        {
            proxy.Close();
            proxy.AbortClients();
        });
    });
    Console.WriteLine($"{proxy.EndPoints[0]} -> {upstream}");
    await proxy.WaitClosedAsync();
}

static Coroutine<Server> StartProxy(int port, IPEndPoint upstream) => Aio.StartServer(
    async (reader, writer) =>
    {
        try
        {
            await using Connection server = await Aio.OpenConnection(upstream);
            await Aio.TaskGroup(async group =>
            {
                group.Start(Pump(reader, server.Writer));
                await Pump(server.Reader, writer);
            });
            writer.Close();
        }
        catch (Exception e) when (IsNetworkError(e) || e is AggregateException all && all.InnerExceptions.All(IsNetworkError))
        {
            // One side is gone or broken: so is the other then.
            writer.Abort();
        }
    },
    "127.0.0.1", port, new StreamServerOptions { Backlog = 1024 });

static async Coroutine Pump(LoopStreamReader from, LoopStreamWriter to)
{
    byte[] buffer = new byte[16 * 1024];
    while (await from.ReadAsync(buffer.AsMemory()) is var count and > 0)
    {
        to.Write(buffer.AsSpan(0, count));
        await to.DrainAsync();
    }

    to.WriteEof();
}

static bool IsNetworkError(Exception e) => e is SocketException or IOException;

static async Coroutine Demonstrate()
{
    await using Server upstream = await Aio.StartServer(
        async (reader, writer) =>
        {
            byte[] all = await reader.ReadToEndAsync();
            writer.WriteText($"{all.Length} bytes");
            writer.Close();
        },
        "127.0.0.1", 0);
    await using Server proxy = await StartProxy(0, (IPEndPoint)upstream.EndPoints[0]);
    await using Connection client = await Aio.OpenConnection(proxy.EndPoints[0]);
    client.Writer.Write(new byte[1_000_000]);
    client.Writer.WriteEof();
    byte[] answer = await client.Reader.ReadToEndAsync();
    Console.WriteLine($"the answer, after half of the connection was closed: {System.Text.Encoding.UTF8.GetString(answer)}");
}
