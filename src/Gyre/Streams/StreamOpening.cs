using System.Net;
using Gyre.Polling;

namespace Gyre;

/// <summary>Opens connections and servers with readers and writers.</summary>
internal static class StreamOpening
{
    private static readonly StreamConnectionOptions s_connectionDefaults = new();
    private static readonly StreamServerOptions s_serverDefaults = new();

    public static async Coroutine<Connection> OpenAsync(
        EventLoop loop, string host, int port, StreamConnectionOptions? options)
    {
        options ??= s_connectionDefaults;
        EventLoopNetworkExtensions.CheckHost(host, port, options);

        // Held here until the writer holds it: the protocol does not.
        var reader = new LoopStreamReader(options.Limit);
        PollSocket socket = await Connecting.ConnectAsync(loop, host, port, options);
        var protocol = new StreamProtocol(loop, reader);
        Transport transport = await Connecting.OpenAsync(loop, socket, protocol, host, options);
        return new Connection(reader, new LoopStreamWriter(transport, protocol, reader));
    }

    public static async Coroutine<Connection> OpenAsync(
        EventLoop loop, EndPoint remote, StreamConnectionOptions? options)
    {
        options ??= s_connectionDefaults;
        var reader = new LoopStreamReader(options.Limit);
        (Transport transport, StreamProtocol protocol) = await loop.CreateConnection(
            () => new StreamProtocol(loop, reader), remote, options);
        return new Connection(reader, new LoopStreamWriter(transport, protocol, reader));
    }

    public static Coroutine<Server> ServeUnixAsync(
        EventLoop loop,
        Func<LoopStreamReader, LoopStreamWriter, Coroutine> onClient,
        string path,
        StreamServerOptions? options)
    {
        options ??= s_serverDefaults;
        int limit = options.Limit;
        return loop.CreateUnixServer(
            () => new StreamProtocol(loop, new LoopStreamReader(limit), onClient), path, options);
    }

    public static Coroutine<Server> ServeAsync(
        EventLoop loop,
        Func<LoopStreamReader, LoopStreamWriter, Coroutine> onClient,
        string? host,
        int port,
        StreamServerOptions? options)
    {
        options ??= s_serverDefaults;
        int limit = options.Limit;
        return loop.CreateServer(() => new StreamProtocol(loop, new LoopStreamReader(limit), onClient), host, port, options);
    }
}
