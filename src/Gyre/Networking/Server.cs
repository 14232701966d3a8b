using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>Listening sockets, and the connections that came in through them.</summary>
/// <remarks>Loop thread only. Made by <c>loop.CreateServer</c> and <c>Aio.StartServer</c>. asyncio:
/// <c>Server</c>.</remarks>
// Bound ──StartServing──▶ Serving ──Close──▶ Closed ──last client gone──▶ (WaitClosedAsync returns)
//   └─────────────────────Close────────────────▲
public sealed partial class Server : IAsyncDisposable
{
    private readonly EventLoop _loop;
    private readonly Func<Protocol> _protocolFactory;
    private readonly ServerOptions _options;
    private readonly List<Listener> _listeners = [];
    private readonly HashSet<Transport> _clients = new(ReferenceEqualityComparer.Instance);
    private readonly WakeList _closeWaiters;
    private readonly WakeList _goneWaiters;
    private ServerState _state;
    private bool _servingForever;

    internal Server(
        EventLoop loop, Func<Protocol> protocolFactory, IReadOnlyList<Socket> sockets, ServerOptions options)
    {
        _loop = loop;
        _protocolFactory = protocolFactory;
        _options = options;
        _closeWaiters = new WakeList(loop);
        _goneWaiters = new WakeList(loop);
        _failures = new AcceptFailures(loop, this);
        TlsOptions.Check(options);
        foreach (Socket socket in sockets)
        {
            NetworkErrors.ThrowIfNotStream(socket);
            _listeners.Add(new Listener(this, socket));
        }

        EndPoints = [.. sockets.Select(socket => socket.LocalEndPoint!)];
    }

    private enum ServerState : byte
    {
        Bound,
        Serving,
        Closed,
    }

    /// <summary>The loop that serves.</summary>
    public EventLoop Loop => _loop;

    /// <summary>The addresses that the server was bound to, with their real ports. They stay after
    /// <see cref="Close"/>.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; }

    /// <summary>The listening sockets, for their options; none after <see cref="Close"/>. asyncio:
    /// <c>sockets</c>.</summary>
    public IReadOnlyList<Socket> Sockets =>
        _state == ServerState.Closed ? [] : [.. _listeners.Select(listener => listener.Socket)];

    /// <summary>Whether connections are being accepted. asyncio: <c>is_serving</c>.</summary>
    public bool IsServing => _state == ServerState.Serving;

    /// <summary>How many connections that the server accepted are open.</summary>
    public int ClientCount => _clients.Count;

    /// <summary>Starts to accept connections. Does nothing when they are being accepted. asyncio:
    /// <c>start_serving</c>.</summary>
    /// <exception cref="InvalidOperationException">The server is closed.</exception>
    /// <exception cref="SocketException">The system refused, for example because another socket listens on
    /// the port.</exception>
    public void StartServing()
    {
        _loop.AssertOnLoop();
        ThrowIfClosed();
        if (_state == ServerState.Serving)
        {
            return;
        }

        _failures.Prepare(new SocketException((int)SocketError.TooManyOpenSockets));
        foreach (Listener listener in _listeners)
        {
            listener.Socket.Listen(_options.Backlog);
        }

        _state = ServerState.Serving;
        foreach (Listener listener in _listeners)
        {
            listener.Start();
        }
    }

    /// <summary>Accepts connections until <see cref="Close"/>. asyncio: <c>serve_forever</c>.</summary>
    /// <remarks>Returns when the server is closed (asyncio raises an error there). On cancel: the server is
    /// closed, and the wait goes on until its connections have ended. Inside a cancelled scope nothing waits: there it
    /// is closed, and that is all.</remarks>
    /// <exception cref="InvalidOperationException">The server is closed, or another coroutine is inside this
    /// method.</exception>
    public async Coroutine ServeForeverAsync()
    {
        if (_servingForever)
        {
            throw new InvalidOperationException("ServeForeverAsync is running already; one coroutine may wait in it.");
        }

        StartServing();
        _servingForever = true;
        try
        {
            await _closeWaiters.WaitAsync();
        }
        catch (CancelledException)
        {
            Close();
            await WaitClosedAsync();
            throw;
        }
        finally
        {
            _servingForever = false;
        }
    }

    /// <summary>Stops to accept and closes the listening sockets. Connections that were accepted stay.
    /// asyncio: <c>close</c>.</summary>
    /// <remarks>A second call does nothing.</remarks>
    public void Close()
    {
        _loop.AssertOnLoop();
        if (_state == ServerState.Closed)
        {
            return;
        }

        _state = ServerState.Closed;
        foreach (Listener listener in _listeners)
        {
            listener.Close();
        }

        _failures.Close();
        SocketFile?.Remove(_loop);
        _closeWaiters.ReleaseAll();
        ReleaseIfGone();
    }

    /// <summary>Waits until the server is closed and its last connection has ended. asyncio:
    /// <c>wait_closed</c>.</summary>
    /// <remarks>Does not close anything itself. On cancel: nothing changes.</remarks>
    public async Coroutine WaitClosedAsync()
    {
        while (_state != ServerState.Closed || _clients.Count > 0)
        {
            await _goneWaiters.WaitAsync();
        }
    }

    /// <summary>Closes every connection that the server accepted, each after what was written to it has been sent.
    /// asyncio: <c>close_clients</c>.</summary>
    /// <remarks>Connections with TLS end as TLS asks for; those in their handshake are reset.</remarks>
    public void CloseClients()
    {
        foreach (Transport client in _clients.ToArray())
        {
            client.Outermost.Close();
        }
    }

    /// <summary>Resets every connection that the server accepted. asyncio: <c>abort_clients</c>.</summary>
    public void AbortClients()
    {
        foreach (Transport client in _clients.ToArray())
        {
            client.Outermost.Abort();
        }
    }

    /// <summary>Closes the server and waits until its last connection has ended.</summary>
    public async Coroutine DisposeAsync()
    {
        Close();
        await WaitClosedAsync();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync().AsTask());

    /// <inheritdoc/>
    public override string ToString() => $"server on {string.Join(", ", EndPoints)} ({_state})";

    /// <summary>The file to remove when the server is closed.</summary>
    internal UnixSocketFile? SocketFile { get; init; }

    internal void Attach(Transport client) => _clients.Add(client);

    internal void Detach(Transport client)
    {
        _clients.Remove(client);
        ReleaseIfGone();
    }

    private void ReleaseIfGone()
    {
        if (_state == ServerState.Closed && _clients.Count == 0)
        {
            _goneWaiters.ReleaseAll();
        }
    }

    private void ThrowIfClosed()
    {
        if (_state == ServerState.Closed)
        {
            throw new InvalidOperationException("The server is closed. Create a new one.");
        }
    }
}
