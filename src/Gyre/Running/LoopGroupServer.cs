using System.Net;
using System.Net.Sockets;

namespace Gyre;

/// <summary>A server on all loops of a <see cref="LoopGroup"/>.</summary>
/// <remarks>The owner's thread only. Made by <see cref="LoopGroup.CreateServer"/> and
/// <see cref="LoopGroup.StartServer"/>.</remarks>
public sealed class LoopGroupServer : IAsyncDisposable
{
    private readonly LoopGroup _group;
    private readonly List<Server> _servers = [];
    private readonly List<HandOver> _acceptors = [];
    private IReadOnlyList<EndPoint>? _endPoints;

    internal LoopGroupServer(LoopGroup group) => _group = group;

    /// <summary>The addresses that the server was bound to, with their real ports.</summary>
    public IReadOnlyList<EndPoint> EndPoints => _endPoints ?? _servers[0].EndPoints;

    /// <summary>The parts of the server, one for each loop. Each belongs to its loop's thread.</summary>
    public IReadOnlyList<Server> Servers => _servers;

    /// <summary>Stops to accept, on all loops. Connections that were accepted stay.</summary>
    /// <remarks>On the other loops it happens a little later. A second call does nothing.</remarks>
    public void Close()
    {
        foreach (HandOver acceptor in _acceptors)
        {
            acceptor.Close();
        }

        OnEach(static server => server.Close());
    }

    /// <summary>Closes every connection, each after what was written to it has been sent.</summary>
    public void CloseClients() => OnEach(static server => server.CloseClients());

    /// <summary>Resets every connection.</summary>
    public void AbortClients() => OnEach(static server => server.AbortClients());

    /// <summary>Waits until the server is closed and its last connection has ended, on all loops.</summary>
    /// <remarks>Does not close anything itself. On cancel: nothing changes.</remarks>
    public async Coroutine WaitClosedAsync()
    {
        foreach (Server server in _servers)
        {
            await _group.RunOnAsync(server.Loop, server.WaitClosedAsync);
        }
    }

    /// <summary>Closes the server and waits until its last connection has ended.</summary>
    public async Coroutine DisposeAsync()
    {
        Close();
        await WaitClosedAsync();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync().AsTask());

    internal void Add(Server server) => _servers.Add(server);

    /// <summary>Accepts on bound sockets, and hands the connections over.</summary>
    internal void Listen(IReadOnlyList<Socket> sockets, int backlog)
    {
        _endPoints = [.. sockets.Select(socket => socket.LocalEndPoint!)];
        foreach (Socket socket in sockets)
        {
            _acceptors.Add(new HandOver(_group.Loops[0], socket, Give));
        }

        _acceptors.ForEach(acceptor => acceptor.Start(backlog));
    }

    private uint _next;

    /// <summary>Gives a connection to the next loop.</summary>
    private void Give(Socket connection)
    {
        Server server = _servers[(int)(_next++ % (uint)_servers.Count)];
        if (server.Loop.IsOnLoopThread)
        {
            server.Adopt(connection);
        }
        else if (!server.Loop.TryPostThreadSafe(new AdoptItem(server, connection), null, null))
        {
            connection.Dispose();
        }
    }

    private void OnEach(Action<Server> action)
    {
        foreach (Server server in _servers)
        {
            if (server.Loop.IsOnLoopThread)
            {
                action(server);
            }
            else
            {
                // A loop that is closed has nothing open any more.
                server.Loop.TryPostThreadSafe(Callbacks.Action, (Action)(() => action(server)), null);
            }
        }
    }

    private sealed class AdoptItem(Server server, Socket connection) : WorkItem
    {
        internal override void Execute(object? first, object? second) => server.Adopt(connection);

        internal override void Abandon(object? first, object? second) => connection.Dispose();
    }
}
