using System.Net;

namespace Gyre;

// Servers on all loops of a group.
public sealed partial class LoopGroup
{
    private static readonly ServerOptions s_serverDefaults = new();
    private static readonly StreamServerOptions s_streamDefaults = new();

    private readonly List<LoopGroupServer> _servers = [];

    /// <summary>Listens on a port over TCP on all loops: a connection lives on the loop that got it.</summary>
    /// <param name="protocolFactory">Makes the protocol of each connection, on the connection's loop. Called on several
    /// threads at once.</param>
    /// <param name="host">A name or an address; it listens on all the addresses of a name. When null or empty: on all
    /// addresses of the machine.</param>
    /// <param name="port">0 to 65535. 0 lets the system choose; see <see cref="LoopGroupServer.EndPoints"/>.</param>
    /// <param name="options">How to listen; the defaults when null. <see cref="ServerOptions.StartServing"/> must be
    /// true.</param>
    /// <param name="spreading">How connections come to the loops.</param>
    /// <remarks>The server is closed at the end of the group's block at the latest, and its connections are reset then.
    /// On cancel: no socket stays open.</remarks>
    /// <exception cref="System.Net.Sockets.SocketException">The host is not known, the port is taken, or this user may
    /// not bind it.</exception>
    public Coroutine<LoopGroupServer> CreateServer(
        Func<Protocol> protocolFactory,
        string? host,
        int port,
        ServerOptions? options = null,
        ConnectionSpreading spreading = ConnectionSpreading.Auto)
    {
        ArgumentNullException.ThrowIfNull(protocolFactory);
        return ServeAsync(_ => protocolFactory, host, port, options ?? s_serverDefaults, spreading);
    }

    /// <summary>Listens on a port over TCP on all loops, and runs a coroutine for each client, on the loop that got the
    /// connection.</summary>
    /// <param name="onClient">Runs in a task of its own for each connection. It closes the writer. Called on several
    /// threads at once.</param>
    /// <inheritdoc cref="CreateServer"/>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">0 to 65535.</param>
    /// <param name="options">How to listen.</param>
    /// <param name="spreading">How connections come to the loops.</param>
    public Coroutine<LoopGroupServer> StartServer(
        Func<LoopStreamReader, LoopStreamWriter, Coroutine> onClient,
        string? host,
        int port,
        StreamServerOptions? options = null,
        ConnectionSpreading spreading = ConnectionSpreading.Auto)
    {
        ArgumentNullException.ThrowIfNull(onClient);
        options ??= s_streamDefaults;
        int limit = options.Limit;
        return ServeAsync(
            loop => () => new StreamProtocol(loop, new LoopStreamReader(limit), onClient),
            host,
            port,
            options,
            spreading);
    }

    private async Coroutine<LoopGroupServer> ServeAsync(
        Func<EventLoop, Func<Protocol>> factories,
        string? host,
        int port,
        ServerOptions options,
        ConnectionSpreading spreading)
    {
        if (!options.StartServing)
        {
            throw new ArgumentException($"A server of a group serves at once. Leave {nameof(options.StartServing)} true.");
        }

        bool byKernel = spreading == ConnectionSpreading.ByKernel
            || (spreading == ConnectionSpreading.Auto && OperatingSystem.IsLinux());
        var server = new LoopGroupServer(this);
        try
        {
            if (byKernel && Loops.Count > 1)
            {
                await BindEachAsync(server, factories, host, port, options);
            }
            else
            {
                await BindOnceAsync(server, factories, host, port, options);
            }
        }
        catch
        {
            server.Close();
            throw;
        }

        _servers.Add(server);
        return server;
    }

    /// <summary>Each loop has a socket of its own on the same port.</summary>
    private async Coroutine BindEachAsync(
        LoopGroupServer server,
        Func<EventLoop, Func<Protocol>> factories,
        string? host,
        int port,
        ServerOptions options)
    {
        // Bound first and listening last, so that none gets the connections of all.
        ServerOptions bound = options.With(reusePort: true, startServing: false);
        foreach (EventLoop loop in Loops)
        {
            Server one = await RunOnAsync(loop, () => loop.CreateServer(factories(loop), host, port, bound));
            server.Add(one);
            port = (one.EndPoints[0] as IPEndPoint)!.Port;
        }

        foreach (Server one in server.Servers)
        {
            await RunOnAsync(one.Loop, async Coroutine () => one.StartServing());
        }
    }

    /// <summary>The owner's loop accepts, and hands each connection to the next loop.</summary>
    private async Coroutine BindOnceAsync(
        LoopGroupServer server,
        Func<EventLoop, Func<Protocol>> factories,
        string? host,
        int port,
        ServerOptions options)
    {
        foreach (EventLoop loop in Loops)
        {
            server.Add(await RunOnAsync(
                loop, async Coroutine<Server> () => loop.CreateServer(factories(loop), [], options)));
        }

        server.Listen(await Listening.BindAsync(_owner, host, port, options), options.Backlog);
    }

    /// <summary>What the block has left open.</summary>
    private void CloseServers()
    {
        foreach (LoopGroupServer server in _servers)
        {
            server.Close();
            server.AbortClients();
        }
    }
}
