using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Gyre.Polling;

namespace Gyre;

/// <summary>What a loop offers for connections with protocols.</summary>
public static class EventLoopNetworkExtensions
{
    private static readonly ConnectionOptions s_connectionDefaults = new();
    private static readonly ServerOptions s_serverDefaults = new();

    extension(EventLoop loop)
    {
        /// <summary>Connects to a host over TCP. asyncio: <c>create_connection</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol, once the connection stands.</param>
        /// <param name="host">A name or an address. All its addresses are tried.</param>
        /// <param name="port">1 to 65535.</param>
        /// <param name="options">How to connect; the defaults when null.</param>
        /// <returns>The connection, after the protocol's <c>ConnectionMade</c>.</returns>
        /// <remarks>Loop thread only. The name is resolved on another thread. On cancel: returns at once, and no socket
        /// stays open.</remarks>
        /// <exception cref="SocketException">The host is not known (<see cref="SocketError.HostNotFound"/>), or the
        /// connection failed.</exception>
        /// <exception cref="AggregateException">Several addresses failed for different reasons.</exception>
        /// <exception cref="System.Security.Authentication.AuthenticationException">The TLS handshake failed, for
        /// example
        /// because the certificate is not valid for the host.</exception>
        /// <exception cref="TimeoutException">The TLS handshake did not end in time.</exception>
        public Coroutine<(Transport Transport, TProtocol Protocol)> CreateConnection<TProtocol>(
            Func<TProtocol> protocolFactory, string host, int port, ConnectionOptions? options = null)
            where TProtocol : Protocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            CheckHost(host, port, options);
            return ConnectToHost(loop, protocolFactory, host, port, options ?? s_connectionDefaults);
        }

        /// <summary>Connects to an address, of TCP or of a Unix socket. asyncio: <c>create_connection</c>,
        /// <c>create_unix_connection</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol, once the connection stands.</param>
        /// <param name="remote">The address.</param>
        /// <param name="options">How to connect; the defaults when null.</param>
        /// <inheritdoc cref="CreateConnection{TProtocol}(EventLoop, Func{TProtocol}, string, int,
        /// ConnectionOptions?)"/>
        public Coroutine<(Transport Transport, TProtocol Protocol)> CreateConnection<TProtocol>(
            Func<TProtocol> protocolFactory, EndPoint remote, ConnectionOptions? options = null)
            where TProtocol : Protocol
        {
            ArgumentNullException.ThrowIfNull(remote);
            if (remote is DnsEndPoint name)
            {
                return loop.CreateConnection(protocolFactory, name.Host, name.Port, options);
            }

            ArgumentNullException.ThrowIfNull(protocolFactory);
            CheckTls(options, HostOf(remote));
            return ConnectToAddress(loop, protocolFactory, remote, options ?? s_connectionDefaults);
        }

        /// <summary>Makes a connection of a socket that is connected already. asyncio:
        /// <c>create_connection(sock=…)</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol.</param>
        /// <param name="socket">A connected stream socket. It is the connection's from here on, also when
        /// this fails.</param>
        /// <param name="options">Whether and how to use TLS, as its client; <c>TargetHost</c> must be set. The rest
        /// has no meaning here.</param>
        /// <returns>The connection, after the protocol's <c>ConnectionMade</c>.</returns>
        /// <exception cref="ArgumentException">The socket is not a stream socket.</exception>
        /// <exception cref="System.Security.Authentication.AuthenticationException">The TLS handshake failed.</exception>
        /// <exception cref="TimeoutException">The TLS handshake did not end in time.</exception>
        public Coroutine<(Transport Transport, TProtocol Protocol)> CreateConnection<TProtocol>(
            Func<TProtocol> protocolFactory, Socket socket, ConnectionOptions? options = null)
            where TProtocol : Protocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentNullException.ThrowIfNull(socket);
            CheckTls(options, "");
            return OpenSocket(loop, protocolFactory, socket, options ?? s_connectionDefaults);
        }

        /// <summary>Makes a connection of a socket that something else has accepted. asyncio:
        /// <c>connect_accepted_socket</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol.</param>
        /// <param name="socket">A connected stream socket. It is the connection's from here on, also when
        /// this fails.</param>
        /// <param name="options">Whether and how to use TLS, as its server. The rest has no meaning here.</param>
        /// <returns>The connection, after the protocol's <c>ConnectionMade</c>.</returns>
        /// <remarks>Loop thread only. On cancel: the connection is reset.</remarks>
        /// <exception cref="ArgumentException">The socket is not a stream socket, or the TLS options have no
        /// certificate.</exception>
        /// <exception cref="System.Security.Authentication.AuthenticationException">The TLS handshake failed.</exception>
        /// <exception cref="IOException">The peer hung up during the TLS handshake.</exception>
        /// <exception cref="TimeoutException">The TLS handshake did not end in time.</exception>
        public Coroutine<(Transport Transport, TProtocol Protocol)> ConnectAcceptedSocket<TProtocol>(
            Func<TProtocol> protocolFactory, Socket socket, ServerOptions? options = null)
            where TProtocol : Protocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentNullException.ThrowIfNull(socket);
            options ??= s_serverDefaults;
            TlsOptions.Check(options);
            return AcceptSocket(loop, protocolFactory, socket, options);
        }

        /// <summary>Listens on a port over TCP. asyncio: <c>create_server</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol of each connection.</param>
        /// <param name="host">A name or an address; it listens on all the addresses of a name. When null or
        /// empty: on all addresses of the machine.</param>
        /// <param name="port">0 to 65535. 0 lets the system choose, the same for all addresses.</param>
        /// <param name="options">How to listen; the defaults when null.</param>
        /// <remarks>Loop thread only. On cancel: no socket stays open.</remarks>
        /// <exception cref="SocketException">The host is not known, the port is taken, or this user may not
        /// bind it.</exception>
        public Coroutine<Server> CreateServer(
            Func<Protocol> protocolFactory, string? host, int port, ServerOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            CheckPort(port, min: 0);
            return Listening.CreateServerAsync(
                loop, protocolFactory, string.IsNullOrEmpty(host) ? [] : [host], port, options ?? s_serverDefaults);
        }

        /// <summary>Listens on a port of several hosts over TCP. asyncio: <c>create_server</c> with a sequence of
        /// hosts.</summary>
        /// <param name="protocolFactory">Makes the protocol of each connection.</param>
        /// <param name="hosts">Names or addresses, at least one. It listens on all the addresses of each.</param>
        /// <param name="port">0 to 65535. 0 lets the system choose, the same for all addresses.</param>
        /// <param name="options">How to listen; the defaults when null.</param>
        /// <remarks>Loop thread only. On cancel: no socket stays open.</remarks>
        /// <exception cref="SocketException">A host is not known, the port is taken, or this user may not bind
        /// it.</exception>
        // Null stands for all the machine's addresses, and belongs to the overload with one host.
        [OverloadResolutionPriority(-1)]
        public Coroutine<Server> CreateServer(
            Func<Protocol> protocolFactory, IReadOnlyList<string> hosts, int port, ServerOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentNullException.ThrowIfNull(hosts);
            CheckPort(port, min: 0);
            if (hosts.Count == 0 || hosts.Any(string.IsNullOrEmpty))
            {
                throw new ArgumentException("Name one host at least, and none that is empty.", nameof(hosts));
            }

            return Listening.CreateServerAsync(loop, protocolFactory, hosts, port, options ?? s_serverDefaults);
        }

        /// <summary>Listens on sockets that are bound already. asyncio: <c>create_server(sock=…)</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol of each connection.</param>
        /// <param name="sockets">Bound stream sockets. They are the server's from here on, also when this
        /// fails.</param>
        /// <param name="options">How to listen; the defaults when null.</param>
        /// <exception cref="SocketException">The system refused.</exception>
        public Server CreateServer(
            Func<Protocol> protocolFactory, IReadOnlyList<Socket> sockets, ServerOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentNullException.ThrowIfNull(sockets);
            return Listening.Create(loop, protocolFactory, sockets, options ?? s_serverDefaults);
        }

        /// <summary>The addresses of a host, in the system's order of preference. asyncio:
        /// <c>getaddrinfo</c>.</summary>
        /// <param name="host">A name, or an address, which is its own answer.</param>
        /// <param name="family">Which addresses; all by default.</param>
        /// <remarks>Loop thread only. The lookup runs on a thread of the resolver's own, and equal ones that
        /// are under way are shared. On cancel: returns at once.</remarks>
        /// <exception cref="SocketException">The host has no such address, or no server could be asked.</exception>
        public async Coroutine<IReadOnlyList<IPAddress>> ResolveAsync(
            string host, AddressFamily family = AddressFamily.Unspecified)
        {
            ArgumentException.ThrowIfNullOrEmpty(host);
            return [.. await HostResolver.ResolveAsync(loop, host, family)];
        }

        /// <summary>The names of an address and of its port. asyncio: <c>getnameinfo</c>.</summary>
        /// <param name="address">The address.</param>
        /// <param name="flags">Which names. With both numeric flags nobody is asked.</param>
        /// <returns>The host's name, or its address when it has none; the service's name, or its number.</returns>
        /// <remarks>Loop thread only. Looked up as <see cref="ResolveAsync"/> does, on the same threads. On cancel: returns
        /// at once. Ports have names on Linux only.</remarks>
        /// <exception cref="SocketException">The host has no name and <see cref="NameInfoFlags.NameRequired"/> is set, or
        /// no server could be asked.</exception>
        public Coroutine<(string Host, string Service)> GetNameInfoAsync(
            IPEndPoint address, NameInfoFlags flags = NameInfoFlags.None)
        {
            ArgumentNullException.ThrowIfNull(address);
            return HostResolver.GetNameAsync(loop, address, flags);
        }
    }

    private static async Coroutine<(Transport Transport, TProtocol Protocol)> ConnectToHost<TProtocol>(
        EventLoop loop, Func<TProtocol> protocolFactory, string host, int port, ConnectionOptions options)
        where TProtocol : Protocol
    {
        PollSocket socket = await Connecting.ConnectAsync(loop, host, port, options);
        TProtocol protocol = Connecting.MakeProtocol(socket, protocolFactory);
        return (await Connecting.OpenAsync(loop, socket, protocol, host, options), protocol);
    }

    private static async Coroutine<(Transport Transport, TProtocol Protocol)> ConnectToAddress<TProtocol>(
        EventLoop loop, Func<TProtocol> protocolFactory, EndPoint remote, ConnectionOptions options)
        where TProtocol : Protocol
    {
        PollSocket socket = await Connecting.ConnectAsync(loop, remote, options);
        TProtocol protocol = Connecting.MakeProtocol(socket, protocolFactory);
        return (await Connecting.OpenAsync(loop, socket, protocol, HostOf(remote), options), protocol);
    }

    private static async Coroutine<(Transport Transport, TProtocol Protocol)> OpenSocket<TProtocol>(
        EventLoop loop, Func<TProtocol> protocolFactory, Socket socket, ConnectionOptions options)
        where TProtocol : Protocol
    {
        PollSocket attached = Attach(loop, socket);
        TProtocol protocol = Connecting.MakeProtocol(attached, protocolFactory);
        return (await Connecting.OpenAsync(loop, attached, protocol, "", options), protocol);
    }

    private static async Coroutine<(Transport Transport, TProtocol Protocol)> AcceptSocket<TProtocol>(
        EventLoop loop, Func<TProtocol> protocolFactory, Socket socket, ServerOptions options)
        where TProtocol : Protocol
    {
        PollSocket attached = Attach(loop, socket);
        TProtocol protocol = Connecting.MakeProtocol(attached, protocolFactory);
        return (await Connecting.OpenAsync(loop, attached, protocol, options), protocol);
    }

    private static PollSocket Attach(EventLoop loop, Socket socket)
    {
        try
        {
            NetworkErrors.ThrowIfNotStream(socket);
            return loop.Poller.Attach(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What the certificate must be valid for. The address of a Unix socket is nobody's name.</summary>
    private static string HostOf(EndPoint remote) => (remote as IPEndPoint)?.Address.ToString() ?? "";

    /// <summary>Before anything is connected.</summary>
    internal static void CheckHost(string host, int port, ConnectionOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        CheckPort(port, min: 1);
        CheckTls(options, host);
    }

    private static void CheckTls(ConnectionOptions? options, string host)
    {
        if (options?.Tls is { } tls)
        {
            _ = TlsOptions.For(tls, host);
            TlsSetup.CheckTimeout(options.TlsHandshakeTimeout, nameof(options.TlsHandshakeTimeout));
            TlsSetup.CheckTimeout(options.TlsShutdownTimeout, nameof(options.TlsShutdownTimeout));
        }
    }

    private static void CheckPort(int port, int min)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, min);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
    }
}
