using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Gyre;

/// <summary>How a connection is made.</summary>
public class ConnectionOptions
{
    /// <summary>Which addresses of the host are used.</summary>
    /// <value>By default all, of whatever family.</value>
    public AddressFamily AddressFamily { get; init; } = AddressFamily.Unspecified;

    /// <summary>The address that this end is bound to; port 0 lets the system choose one.</summary>
    /// <value>Null by default: the system chooses. Otherwise only addresses of the same family are tried.</value>
    public EndPoint? LocalEndPoint { get; init; }

    /// <summary>How long one address may take before the next is tried beside it (RFC 8305, "happy
    /// eyeballs"). The first connection that stands wins; the others are closed.</summary>
    /// <value>250 ms by default. When null, an address is tried after the one before has failed. asyncio:
    /// <c>happy_eyeballs_delay</c>, where null is the default.</value>
    public TimeSpan? HappyEyeballsDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Encrypts the connection with TLS. The certificate must be valid for the host's name.</summary>
    /// <value>Null by default: no TLS. <c>new()</c> is enough for a server whose certificate this machine trusts. Where
    /// <see cref="SslClientAuthenticationOptions.TargetHost"/> is not set, it is the host that is connected to.
    /// asyncio:
    /// <c>ssl</c>, <c>server_hostname</c>.</value>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>How long the TLS handshake may take.</summary>
    /// <value>60 seconds by default. asyncio: <c>ssl_handshake_timeout</c>.</value>
    public TimeSpan TlsHandshakeTimeout { get; init; } = TlsSetup.HandshakeTimeoutDefault;

    /// <summary>How long it may take to close a TLS connection: to send what was written, and to wait for the
    /// peer's end. Then the connection is reset, with a <see cref="TimeoutException"/>.</summary>
    /// <value>30 seconds by default. asyncio: <c>ssl_shutdown_timeout</c>.</value>
    public TimeSpan TlsShutdownTimeout { get; init; } = TlsSetup.ShutdownTimeoutDefault;
}
