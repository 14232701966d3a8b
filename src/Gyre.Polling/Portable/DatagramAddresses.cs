using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>The last sender and the last receiver of a socket: datagrams of the same ones cost no
/// allocation.</summary>
internal sealed class DatagramAddresses(AddressFamily family)
{
    private readonly SocketAddress _received = new(family);
    private readonly SocketAddress _last = new(family) { Size = 0 };
    private readonly EndPoint _pattern = family switch
    {
        AddressFamily.InterNetwork => new IPEndPoint(IPAddress.Any, 0),
        AddressFamily.InterNetworkV6 => new IPEndPoint(IPAddress.IPv6Any, 0),
        _ => new UnixDomainSocketEndPoint("/"),
    };

    private EndPoint _from = NativeAddress.Unnamed;

    // The end point may be changed by whoever gave it, so the copy is compared.
    private EndPoint? _remote;
    private SocketAddress? _remoteAddress;

    /// <summary>Where the system writes the next sender's address.</summary>
    public SocketAddress Room
    {
        get
        {
            _received.Size = _received.Buffer.Length;
            return _received;
        }
    }

    /// <summary>Who has sent what was received into <see cref="Room"/>.</summary>
    public EndPoint From()
    {
        if (_received.Size == 0)
        {
            return NativeAddress.Unnamed;
        }

        if (!_received.Equals(_last))
        {
            _last.Size = _received.Size;
            _received.Buffer.Span[.._received.Size].CopyTo(_last.Buffer.Span);
            _from = _pattern.Create(_received);
        }

        return _from;
    }

    /// <summary>An address in the system's form.</summary>
    public SocketAddress Of(EndPoint remote)
    {
        if (_remoteAddress is null || !remote.Equals(_remote))
        {
            _remote = remote is IPEndPoint address ? new IPEndPoint(address.Address, address.Port) : remote;
            _remoteAddress = remote.Serialize();
        }

        return _remoteAddress;
    }
}
