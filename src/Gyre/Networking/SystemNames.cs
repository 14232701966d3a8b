using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>The system's names of addresses. Blocks.</summary>
internal static class SystemNames
{
    public static (string Host, string Service) Get(IPEndPoint address, NameInfoFlags flags)
    {
        if (!NameInfo.IsSupported)
        {
            // The BCL knows of hosts only: a port stays a number.
            return (HostOf(address.Address, flags), address.Port.ToString(CultureInfo.InvariantCulture));
        }

        SocketError error = NameInfo.Get(address, (int)flags, out string host, out string service);
        return error == SocketError.Success ? (host, service) : throw new SocketException((int)error);
    }

    private static string HostOf(IPAddress address, NameInfoFlags flags)
    {
        if ((flags & NameInfoFlags.NumericHost) != 0)
        {
            return address.ToString();
        }

        try
        {
            string name = Dns.GetHostEntry(address).HostName;
            return (flags & NameInfoFlags.NoDomain) == 0 ? name : name.Split('.')[0];
        }
        catch (SocketException) when ((flags & NameInfoFlags.NameRequired) == 0)
        {
            return address.ToString();
        }
    }
}
