using System.Net;
using System.Net.Sockets;

namespace Gyre;

/// <summary>An address of a host and a service, and the kind of socket that reaches it. asyncio: a tuple of
/// <c>getaddrinfo</c>.</summary>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="Type">What the socket is: a stream, datagrams.</param>
/// <param name="Protocol">TCP, UDP.</param>
/// <param name="CanonicalName">The host's real name, in the first of an answer to
/// <see cref="AddrInfoFlags.CanonicalName"/>. Else empty.</param>
/// <param name="EndPoint">The address and the port. It is the caller's own.</param>
public sealed record AddrInfo(
    AddressFamily Family, SocketType Type, ProtocolType Protocol, string CanonicalName, IPEndPoint EndPoint);
