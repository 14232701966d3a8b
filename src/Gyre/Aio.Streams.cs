using System.Net;

namespace Gyre;

public static partial class Aio
{
    /// <summary>Connects to a host over TCP. asyncio: <c>open_connection</c>.</summary>
    /// <param name="host">A name or an address. All its addresses are tried.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="options">How to connect; the defaults when null.</param>
    /// <remarks>Loop thread only. On cancel: returns at once, and no socket stays open.</remarks>
    /// <exception cref="System.Net.Sockets.SocketException">The host is not known, or the connection
    /// failed.</exception>
    /// <exception cref="AggregateException">Several addresses failed for different reasons.</exception>
    public static Coroutine<Connection> OpenConnection(
        string host, int port, StreamConnectionOptions? options = null) =>
        StreamOpening.OpenAsync(EventLoop.Running, host, port, options);

    /// <summary>Connects to an address, of TCP or of a Unix socket. asyncio: <c>open_connection</c>,
    /// <c>open_unix_connection</c>.</summary>
    /// <param name="remote">The address.</param>
    /// <param name="options">How to connect; the defaults when null.</param>
    /// <inheritdoc cref="OpenConnection(string, int, StreamConnectionOptions?)"/>
    public static Coroutine<Connection> OpenConnection(EndPoint remote, StreamConnectionOptions? options = null) =>
        StreamOpening.OpenAsync(EventLoop.Running, remote, options);

    /// <summary>Listens on a port over TCP, and runs a coroutine for each client. asyncio:
    /// <c>start_server</c>.</summary>
    /// <param name="onClient">Runs in a task of its own for each connection. It closes the writer. If it ends with
    /// an error,
    /// that goes to the loop's exception handler, and the connection is closed; so it is if the task is
    /// cancelled.</param>
    /// <param name="host">A name or an address; it listens on all the addresses of a name. When null or empty: on all
    /// addresses of the machine.</param>
    /// <param name="port">0 to 65535. 0 lets the system choose; see <see cref="Server.EndPoints"/>.</param>
    /// <param name="options">How to listen; the defaults when null.</param>
    /// <remarks>Loop thread only. On cancel: no socket stays open.</remarks>
    /// <exception cref="System.Net.Sockets.SocketException">The host is not known, the port is taken, or this user may
    /// not bind it.</exception>
    public static Coroutine<Server> StartServer(
        Func<LoopStreamReader, LoopStreamWriter, Coroutine> onClient,
        string? host,
        int port,
        StreamServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(onClient);
        return StreamOpening.ServeAsync(EventLoop.Running, onClient, host, port, options);
    }

    /// <summary>Connects to a Unix socket. asyncio: <c>open_unix_connection</c>.</summary>
    /// <param name="path">The path of the socket. On Linux a name that begins with <c>\0</c> is in the abstract
    /// namespace, and no file.</param>
    /// <param name="options">How to connect; the defaults when null. For TLS, <c>TargetHost</c> must be set.</param>
    /// <remarks>Loop thread only. On cancel: no socket stays open.</remarks>
    /// <exception cref="System.Net.Sockets.SocketException">The connection failed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The path is too long for a socket.</exception>
    public static Coroutine<Connection> OpenUnixConnection(string path, StreamConnectionOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return StreamOpening.OpenAsync(
            EventLoop.Running, new System.Net.Sockets.UnixDomainSocketEndPoint(path), options);
    }

    /// <summary>Listens on a Unix socket, and runs a coroutine for each client. asyncio:
    /// <c>start_unix_server</c>.</summary>
    /// <param name="onClient">Runs in a task of its own for each connection. It closes the writer. If it ends with
    /// an error, that goes to the loop's exception handler, and the connection is closed; so it is if the task is
    /// cancelled.</param>
    /// <param name="path">The path of the socket. On Linux a name that begins with <c>\0</c> is in the abstract
    /// namespace, and no file. A socket that is there already is removed.</param>
    /// <param name="options">How to listen; the defaults when null.</param>
    /// <remarks>Loop thread only. Does not wait. The file is removed when the server is closed, unless
    /// <see cref="ServerOptions.CleanUpSocket"/> says otherwise.</remarks>
    /// <exception cref="System.Net.Sockets.SocketException">The path cannot be bound.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The path is too long for a socket.</exception>
    public static Coroutine<Server> StartUnixServer(
        Func<LoopStreamReader, LoopStreamWriter, Coroutine> onClient,
        string path,
        StreamServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(onClient);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return StreamOpening.ServeUnixAsync(EventLoop.Running, onClient, path, options);
    }
}
