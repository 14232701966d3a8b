using System.Net.Sockets;

namespace Gyre;

/// <summary>How a datagram endpoint is made.</summary>
public class DatagramOptions
{
    /// <summary>Which addresses of a name are used; what the socket is of when no address is given.</summary>
    /// <value>By default that of the addresses that are given. asyncio: <c>family</c>.</value>
    public AddressFamily AddressFamily { get; init; } = AddressFamily.Unspecified;

    /// <summary>The protocol, where it is not the family's own: UDP, or none for Unix sockets.</summary>
    /// <value><see cref="ProtocolType.Unspecified"/> by default. asyncio: <c>proto</c>.</value>
    public ProtocolType ProtocolType { get; init; } = ProtocolType.Unspecified;

    /// <summary>Whether several endpoints may bind the same port; the system spreads datagrams among them by their
    /// senders.</summary>
    /// <value>False by default. Linux and macOS only. asyncio: <c>reuse_port</c>.</value>
    public bool ReusePort { get; init; }

    /// <summary>Whether datagrams may be sent to broadcast addresses. The socket is not connected to a remote address
    /// then: answers may come from anybody.</summary>
    /// <value>False by default. asyncio: <c>allow_broadcast</c>.</value>
    public bool AllowBroadcast { get; init; }

    /// <summary>Whether the endpoint, when it is closed, removes the file of the Unix socket that it was bound to. Not
    /// when it is gone, or another file is in its place.</summary>
    /// <value>True by default. asyncio leaves it.</value>
    public bool CleanUpSocket { get; init; } = true;
}
