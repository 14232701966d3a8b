using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>The system's addresses of names. Blocks.</summary>
internal static class SystemAddresses
{
    // What a host and a port are good for, in the system's order.
    private static readonly (SocketType Type, ProtocolType Protocol)[] s_kinds =
    [
        (SocketType.Stream, ProtocolType.Tcp),
        (SocketType.Dgram, ProtocolType.Udp),
        (SocketType.Raw, ProtocolType.Unspecified),
    ];

    public static AddrInfo[] Get(AddrInfoQuery query)
    {
        if (!AddressInfo.IsSupported)
        {
            return GetByBcl(query);
        }

        SocketError error = AddressInfo.Get(
            query.Host, query.Service, query.Family, query.Type, query.Protocol, (int)query.Flags, out var found);
        return error == SocketError.Success
            ? [.. found.Select(item => new AddrInfo(
                item.EndPoint.AddressFamily, item.Type, item.Protocol, item.CanonicalName, item.EndPoint))]
            : throw new SocketException((int)error);
    }

    /// <summary>Where the system's call is not known: the BCL's lookup of hosts, and the rest from rules. Services are
    /// numbers there, and <see cref="AddrInfoFlags.ConfiguredFamilies"/> is what the BCL does anyway.</summary>
    internal static AddrInfo[] GetByBcl(AddrInfoQuery query)
    {
        int port = PortOf(query.Service);
        (SocketType Type, ProtocolType Protocol)[] kinds =
        [
            .. s_kinds.Where(kind =>
                (query.Type == SocketType.Unknown || query.Type == kind.Type)
                && (query.Protocol == ProtocolType.Unspecified || query.Protocol == kind.Protocol
                    || query.Type == SocketType.Raw)),
        ];
        if (kinds.Length == 0)
        {
            throw new SocketException((int)SocketError.SocketNotSupported);
        }

        string name = "";
        IPAddress[] addresses = query.Host is { } host
            ? AddressesOf(host, query, out name)
            : [.. AddressesOfThisMachine(query)];
        AddrInfo[] found = [.. addresses.SelectMany(address => kinds.Select(kind => new AddrInfo(
            address.AddressFamily,
            kind.Type,
            kind.Type == SocketType.Raw ? query.Protocol : kind.Protocol,
            "",
            new IPEndPoint(address, port))))];
        if (found.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        found[0] = found[0] with { CanonicalName = name };
        return found;
    }

    private static int PortOf(string? service)
    {
        if (service is null)
        {
            return 0;
        }

        return ushort.TryParse(service, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? port
            : throw new SocketException((int)SocketError.TypeNotFound);
    }

    private static IEnumerable<IPAddress> AddressesOfThisMachine(AddrInfoQuery query)
    {
        bool passive = (query.Flags & AddrInfoFlags.Passive) != 0;
        IPAddress[] all = passive
            ? [IPAddress.Any, IPAddress.IPv6Any]
            : [IPAddress.IPv6Loopback, IPAddress.Loopback];
        return all.Where(address =>
            query.Family == AddressFamily.Unspecified || address.AddressFamily == query.Family);
    }

    private static IPAddress[] AddressesOf(string host, AddrInfoQuery query, out string name)
    {
        bool wantsName = (query.Flags & AddrInfoFlags.CanonicalName) != 0;
        IPAddress[] all;
        name = wantsName ? host : "";
        if (IPAddress.TryParse(host, out IPAddress? literal))
        {
            all = [literal];
        }
        else if ((query.Flags & AddrInfoFlags.NumericHost) != 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }
        else if (wantsName)
        {
            IPHostEntry entry = Dns.GetHostEntry(host);
            all = entry.AddressList;
            name = entry.HostName;
        }
        else
        {
            all = Dns.GetHostAddresses(host);
        }

        IPAddress[] own = [.. all.Where(address =>
            query.Family == AddressFamily.Unspecified || address.AddressFamily == query.Family)];
        bool mapped = query.Family == AddressFamily.InterNetworkV6 && (query.Flags & AddrInfoFlags.IPv4Mapped) != 0
            && (own.Length == 0 || (query.Flags & AddrInfoFlags.All) != 0);
        return mapped
            ? [.. own, .. all.Where(address => address.AddressFamily == AddressFamily.InterNetwork)
                .Select(address => address.MapToIPv6())]
            : own;
    }
}
