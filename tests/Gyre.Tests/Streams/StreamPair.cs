using System.Net;

namespace Gyre.Tests.Streams;

/// <summary>Both ends of one connection over loopback, on the running loop.</summary>
public sealed class StreamPair : IAsyncDisposable
{
    private readonly Server _server;

    private StreamPair(Server server, Connection client, LoopStreamReader reader, LoopStreamWriter writer)
    {
        _server = server;
        Client = client;
        Server = (reader, writer);
    }

    /// <summary>The end that connected.</summary>
    public Connection Client { get; }

    /// <summary>The end that was accepted.</summary>
    public ServerEnd Server { get; }

    public static async Coroutine<StreamPair> OpenAsync(int limit = LoopStreamReader.DefaultLimit)
    {
        Future<(LoopStreamReader, LoopStreamWriter)> accepted =
            EventLoop.Running.CreateFuture<(LoopStreamReader, LoopStreamWriter)>();
        Server server = await Aio.StartServer(
            (reader, writer) =>
            {
                accepted.SetResult((reader, writer));
                return default;
            },
            "127.0.0.1",
            0,
            new StreamServerOptions { Limit = limit });
        int port = ((IPEndPoint)server.EndPoints[0]).Port;
        Connection client = await Aio.OpenConnection("127.0.0.1", port, new StreamConnectionOptions { Limit = limit });
        (LoopStreamReader reader, LoopStreamWriter writer) = await accepted;
        return new StreamPair(server, client, reader, writer);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Writer.Abort();
        Server.Writer.Abort();
        await _server.DisposeAsync();
    }

    /// <summary>The accepted end's reader and writer.</summary>
    public readonly record struct ServerEnd(LoopStreamReader Reader, LoopStreamWriter Writer)
    {
        public static implicit operator ServerEnd((LoopStreamReader Reader, LoopStreamWriter Writer) ends) =>
            new(ends.Reader, ends.Writer);

        public Stream AsStream() => new ConnectionStream(Reader, Writer);
    }
}
