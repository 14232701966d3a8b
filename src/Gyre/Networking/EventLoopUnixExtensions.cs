using System.Net.Sockets;

namespace Gyre;

/// <summary>What a loop offers for Unix sockets.</summary>
public static class EventLoopUnixExtensions
{
    private static readonly ServerOptions s_defaults = new();

    extension(EventLoop loop)
    {
        /// <summary>Connects to a Unix socket. asyncio: <c>create_unix_connection</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol, once the connection stands.</param>
        /// <param name="path">The path of the socket. On Linux a name that begins with <c>\0</c> is in the abstract
        /// namespace, and no file.</param>
        /// <param name="options">How to connect; the defaults when null. For TLS, <c>TargetHost</c> must be
        /// set.</param>
        /// <returns>The connection, after the protocol's <c>ConnectionMade</c>.</returns>
        /// <remarks>Loop thread only. On cancel: no socket stays open.</remarks>
        /// <exception cref="SocketException">The connection failed.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The path is too long for a socket: the systems take about
        /// 100 bytes.</exception>
        public Coroutine<(Transport Transport, TProtocol Protocol)> CreateUnixConnection<TProtocol>(
            Func<TProtocol> protocolFactory, string path, ConnectionOptions? options = null)
            where TProtocol : Protocol
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            return loop.CreateConnection(protocolFactory, new UnixDomainSocketEndPoint(path), options);
        }

        /// <summary>Listens on a Unix socket. asyncio: <c>create_unix_server</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol of each connection.</param>
        /// <param name="path">The path of the socket. On Linux a name that begins with <c>\0</c> is in the abstract
        /// namespace, and no file.</param>
        /// <param name="options">How to listen; the defaults when null.</param>
        /// <remarks>
        /// <para>Loop thread only. Does not wait. On Linux a socket that is at the path already is removed, as in
        /// asyncio: servers that did not end in order leave theirs behind. Any other file stays.</para>
        /// <para>When the server is closed, its file is removed, unless
        /// <see cref="ServerOptions.CleanUpSocket"/> says otherwise. For a socket that you have bound yourself there
        /// is <c>CreateServer</c>; the BCL removes that one's file.</para>
        /// </remarks>
        /// <exception cref="SocketException">The path cannot be bound: there is a file that is no socket, there is
        /// no such directory, or this user may not make files in it.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The path is too long for a socket: the systems take about
        /// 100 bytes.</exception>
        public Coroutine<Server> CreateUnixServer(
            Func<Protocol> protocolFactory, string path, ServerOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentException.ThrowIfNullOrEmpty(path);
            return Create(loop, protocolFactory, path, options ?? s_defaults);
        }
    }

#pragma warning disable CS1998 // As all that opens something it is a coroutine: a later version may have to wait.
    private static async Coroutine<Server> Create(
        EventLoop loop, Func<Protocol> protocolFactory, string path, ServerOptions options) =>
        UnixListening.Create(loop, protocolFactory, path, options);
#pragma warning restore CS1998
}
