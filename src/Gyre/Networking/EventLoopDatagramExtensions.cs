using System.Net;
using System.Net.Sockets;

namespace Gyre;

/// <summary>What a loop offers for datagrams.</summary>
public static class EventLoopDatagramExtensions
{
    private static readonly DatagramOptions s_defaults = new();

    extension(EventLoop loop)
    {
        /// <summary>Opens an endpoint for datagrams, of UDP or of a Unix socket. asyncio:
        /// <c>create_datagram_endpoint</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol, once the socket is there.</param>
        /// <param name="local">What the endpoint is bound to: an <see cref="IPEndPoint"/>, a
        /// <see cref="DnsEndPoint"/>, which is resolved, or a <see cref="UnixDomainSocketEndPoint"/>. Port 0 lets the
        /// system choose. Null leaves all of it to the system.</param>
        /// <param name="remote">What it is connected to: it sends there, and hears only what comes from there. Null
        /// for anybody.</param>
        /// <param name="options">How to open it; the defaults when null. Without any address,
        /// <see cref="DatagramOptions.AddressFamily"/> must be set.</param>
        /// <returns>The endpoint, after the protocol's <c>ConnectionMade</c>.</returns>
        /// <remarks>
        /// <para>Loop thread only. On cancel: returns at once, and no socket stays open.</para>
        /// <para>On Linux a Unix socket that is at the local path already is removed, as in asyncio; any other file
        /// stays. When the endpoint is closed, its file is removed, unless
        /// <see cref="DatagramOptions.CleanUpSocket"/> says otherwise. An IPv6 socket takes IPv4 as well.</para>
        /// </remarks>
        /// <exception cref="SocketException">A name is not known, the local address is taken, or the system
        /// refused.</exception>
        /// <exception cref="ArgumentException">There is neither an address nor a family, or the families
        /// differ.</exception>
        public Coroutine<(DatagramTransport Transport, TProtocol Protocol)> CreateDatagramEndpoint<TProtocol>(
            Func<TProtocol> protocolFactory,
            EndPoint? local = null,
            EndPoint? remote = null,
            DatagramOptions? options = null)
            where TProtocol : DatagramProtocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            options ??= s_defaults;
            if (local is null && remote is null && options.AddressFamily == AddressFamily.Unspecified)
            {
                throw new ArgumentException(
                    "Give a local or a remote address, or set AddressFamily in the options.", nameof(options));
            }

            return DatagramOpening.OpenAsync(loop, protocolFactory, local, remote, options);
        }

        /// <summary>Makes an endpoint of a socket. asyncio: <c>create_datagram_endpoint(sock=…)</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol.</param>
        /// <param name="socket">A datagram socket of IPv4, IPv6 or Unix, bound or connected as it is wanted. It is the
        /// endpoint's from here on, also when this fails.</param>
        /// <returns>The endpoint, after the protocol's <c>ConnectionMade</c>.</returns>
        /// <remarks>Loop thread only. On cancel: the socket is closed.</remarks>
        /// <exception cref="ArgumentException">The socket is not a datagram socket.</exception>
        public Coroutine<(DatagramTransport Transport, TProtocol Protocol)> CreateDatagramEndpoint<TProtocol>(
            Func<TProtocol> protocolFactory, Socket socket)
            where TProtocol : DatagramProtocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentNullException.ThrowIfNull(socket);
            if (socket.SocketType == SocketType.Dgram)
            {
                return DatagramOpening.OpenAsync(loop, socket, protocolFactory, remote: null, file: null);
            }

            SocketType type = socket.SocketType;
            socket.Dispose();
            throw new ArgumentException(
                $"A datagram socket is needed, and this one is of the type {type}.", nameof(socket));
        }
    }
}
