// A TCP proxy: each connection to its port goes on to another server. Either end may close its direction first:
// the end travels on, and the other direction stays open. No more is read from one side than the other has taken.
//     TcpProxy 8080 127.0.0.1:80      serves until Ctrl+C
//     TcpProxy                        shows itself, with a server and a client of its own
using System.Net;
using System.Net.Sockets;
using Gyre;

Aio.Run(args is [var port, var upstream] ? Serve(int.Parse(port), IPEndPoint.Parse(upstream)) : Demonstrate());

static async Coroutine Serve(int port, EndPoint upstream)
{
    await using Server proxy = await StartProxy(port, upstream);
    Console.WriteLine($"{proxy.EndPoints[0]} -> {upstream}");
    await proxy.ServeForeverAsync();
}

static Coroutine<Server> StartProxy(int port, EndPoint upstream) => Aio.StartServer(
    async (reader, writer) =>
    {
        try
        {
            await using Connection server = await Aio.OpenConnection(upstream);
            await Aio.TaskGroup(async group =>
            {
                group.Start(Relay(reader, server.Writer));
                await Relay(server.Reader, writer);
            });
            writer.Close();
        }
        catch (Exception e) when (IsNetworkError(e))
        {
            // One side is gone or broken: so is the other then.
            writer.Abort();
        }
    }, "127.0.0.1", port, new StreamServerOptions { Backlog = 1024 });

static async Coroutine Relay(LoopStreamReader from, LoopStreamWriter to)
{
    await from.CopyToAsync(to);
    to.WriteEof();
}

static bool IsNetworkError(Exception e) => e is SocketException or IOException
    || (e is AggregateException all && all.InnerExceptions.All(IsNetworkError));

static async Coroutine Demonstrate()
{
    await using Server upstream = await Aio.StartServer(
        async (reader, writer) =>
        {
            await reader.CopyToAsync(writer);
            writer.Close();
        }, "127.0.0.1", 0);
    await using Server proxy = await StartProxy(0, upstream.EndPoints[0]);
    await using Connection client = await Aio.OpenConnection(proxy.EndPoints[0]);
    client.Writer.WriteText("hello");
    client.Writer.WriteEof();
    Console.WriteLine($"echoed through the proxy: {await client.Reader.ReadTextLineAsync()}");
}
