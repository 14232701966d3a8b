using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gyre;

/// <summary>The whole of the system's lookup of names.</summary>
public static class EventLoopNamesExtensions
{
    extension(EventLoop loop)
    {
        /// <summary>The addresses of a host and a service, and the sockets that reach them. asyncio:
        /// <c>getaddrinfo</c>.</summary>
        /// <param name="host">A name or an address. Null for this machine: the addresses to connect to, or with
        /// <see cref="AddrInfoFlags.Passive"/> those to listen on.</param>
        /// <param name="service">The name or the number of a port, for example <c>"https"</c>; null for port 0. Not both
        /// may be null.</param>
        /// <param name="family">IPv4 or IPv6; both by default.</param>
        /// <param name="type">The type of socket; all by default, each with an item of its own.</param>
        /// <param name="protocol">The protocol; all by default.</param>
        /// <param name="flags">What else is wanted.</param>
        /// <returns>At least one, in the system's order of preference.</returns>
        /// <remarks>Loop thread only. The lookup runs on a thread of the resolver's own, and equal ones that are under way
        /// are shared. On cancel: returns at once. Ports have names on Linux only. For addresses alone there is
        /// <c>ResolveAsync</c>.</remarks>
        /// <exception cref="SocketException">The host has no such address (<see cref="SocketError.HostNotFound"/>), the
        /// service has no port (<see cref="SocketError.TypeNotFound"/>), nothing is of the type and the protocol, or no
        /// server could be asked.</exception>
        public Coroutine<IReadOnlyList<AddrInfo>> GetAddrInfoAsync(
            string? host,
            string? service,
            AddressFamily family = AddressFamily.Unspecified,
            SocketType type = SocketType.Unknown,
            ProtocolType protocol = ProtocolType.Unspecified,
            AddrInfoFlags flags = AddrInfoFlags.None)
        {
            if (host is null && service is null)
            {
                throw new ArgumentException("Name a host, a service, or both.", nameof(host));
            }

            CheckName(host, nameof(host));
            CheckName(service, nameof(service));
            return GetAddresses(loop, new AddrInfoQuery(host, service, family, type, protocol, flags));
        }

        /// <inheritdoc cref="GetAddrInfoAsync(EventLoop, string?, string?, AddressFamily, SocketType, ProtocolType,
        /// AddrInfoFlags)"/>
        /// <param name="host">A name or an address. Null for this machine: the addresses to connect to, or with
        /// <see cref="AddrInfoFlags.Passive"/> those to listen on.</param>
        /// <param name="port">0 to 65535.</param>
        /// <param name="family">IPv4 or IPv6; both by default.</param>
        /// <param name="type">The type of socket; all by default, each with an item of its own.</param>
        /// <param name="protocol">The protocol; all by default.</param>
        /// <param name="flags">What else is wanted.</param>
        public Coroutine<IReadOnlyList<AddrInfo>> GetAddrInfoAsync(
            string? host,
            int port,
            AddressFamily family = AddressFamily.Unspecified,
            SocketType type = SocketType.Unknown,
            ProtocolType protocol = ProtocolType.Unspecified,
            AddrInfoFlags flags = AddrInfoFlags.None)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(port);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
            string service = port.ToString(CultureInfo.InvariantCulture);
            return loop.GetAddrInfoAsync(host, service, family, type, protocol, flags);
        }
    }

    private static async Coroutine<IReadOnlyList<AddrInfo>> GetAddresses(EventLoop loop, AddrInfoQuery query) =>
        await HostResolver.GetAddressesAsync(loop, query);

    /// <summary>The system would read the name only as far as a zero.</summary>
    private static void CheckName(string? name, string parameter)
    {
        if (name is not null && (name.Length == 0 || name.Contains('\0')))
        {
            throw new ArgumentException("A name has letters, and no zero among them.", parameter);
        }
    }
}
