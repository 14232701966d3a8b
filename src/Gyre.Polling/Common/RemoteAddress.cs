using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>What may be connected to.</summary>
internal static class RemoteAddress
{
    /// <summary>The address as a socket of this family takes it.</summary>
    /// <exception cref="ArgumentException">It is a name, not an address.</exception>
    public static EndPoint For(AddressFamily family, EndPoint remote)
    {
        ArgumentNullException.ThrowIfNull(remote);
        if (remote is DnsEndPoint)
        {
            throw new ArgumentException(
                "Resolve the name first, and connect to one of its addresses.", nameof(remote));
        }

        // A dual-mode socket takes IPv4 addresses in their IPv6 form; to another one they are unreachable.
        return family == AddressFamily.InterNetworkV6
            && remote is IPEndPoint { AddressFamily: AddressFamily.InterNetwork } v4
            ? new IPEndPoint(v4.Address.MapToIPv6(), v4.Port)
            : remote;
    }

    /// <summary>Whether a socket is a plain TCP socket.</summary>
    public static bool IsTcp(AddressFamily family, ProtocolType protocol) =>
        family is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
        && protocol is ProtocolType.Tcp or ProtocolType.Unspecified;
}
