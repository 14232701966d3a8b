using System.Net.Security;
using System.Security.Authentication;
using System.Security.Authentication.ExtendedProtection;
using System.Security.Cryptography.X509Certificates;

namespace Gyre;

/// <summary>What two sides have agreed on in a TLS handshake.</summary>
/// <remarks>Does not change, and stays after the connection. asyncio: the extra info of a TLS transport.</remarks>
public sealed class TlsInfo
{
    private readonly SslStream _stream;

    internal TlsInfo(SslStream stream, TlsSetup setup)
    {
        _stream = stream;
        ClientOptions = setup.Client;
        ServerOptions = setup.Server;
        Protocol = stream.SslProtocol;
        CipherSuite = stream.NegotiatedCipherSuite;
        ApplicationProtocol = stream.NegotiatedApplicationProtocol;
        ServerName = stream.TargetHostName;
        RemoteCertificate = stream.RemoteCertificate as X509Certificate2;
        LocalCertificate = stream.LocalCertificate as X509Certificate2;
        IsMutuallyAuthenticated = stream.IsMutuallyAuthenticated;
    }

    /// <summary>Whether this side is the server.</summary>
    public bool IsServer => ServerOptions is not null;

    /// <summary>The options that this side used as a client; null on a server. They may be a copy of those that were
    /// given. asyncio: <c>sslcontext</c>.</summary>
    public SslClientAuthenticationOptions? ClientOptions { get; }

    /// <summary>The options that this side used as a server; null on a client. They may be a copy of those that were
    /// given. asyncio: <c>sslcontext</c>.</summary>
    public SslServerAuthenticationOptions? ServerOptions { get; }

    /// <summary>The version of TLS. asyncio: <c>ssl_object.version()</c>.</summary>
    public SslProtocols Protocol { get; }

    /// <summary>The cipher suite. asyncio: <c>cipher</c>.</summary>
    public TlsCipherSuite CipherSuite { get; }

    /// <summary>The application's protocol that was chosen (ALPN). Empty when none was. asyncio:
    /// <c>ssl_object.selected_alpn_protocol()</c>.</summary>
    public SslApplicationProtocol ApplicationProtocol { get; }

    /// <summary>The name of the server that the client asked for (SNI). Empty when it named none.</summary>
    public string ServerName { get; }

    /// <summary>The other side's certificate; null when it gave none. asyncio: <c>peercert</c>.</summary>
    public X509Certificate2? RemoteCertificate { get; }

    /// <summary>This side's certificate; null when it gave none.</summary>
    public X509Certificate2? LocalCertificate { get; }

    /// <summary>Whether both sides gave a certificate that the other accepted.</summary>
    public bool IsMutuallyAuthenticated { get; }

    /// <summary>Data that ties something to this very connection (RFC 5929, RFC 9266). asyncio:
    /// <c>ssl_object.get_channel_binding</c>.</summary>
    /// <param name="kind">Which kind.</param>
    /// <returns>The data; null where this version of TLS or this system has none of the kind.</returns>
    /// <exception cref="ObjectDisposedException">The connection is lost.</exception>
    public ChannelBinding? GetChannelBinding(ChannelBindingKind kind) =>
        _stream.TransportContext.GetChannelBinding(kind);

    /// <inheritdoc/>
    public override string ToString() => $"{Protocol} {CipherSuite} {ApplicationProtocol}".TrimEnd();
}
