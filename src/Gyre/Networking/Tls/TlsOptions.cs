using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Gyre;

/// <summary>Completes the options for TLS that a user gave.</summary>
internal static class TlsOptions
{
    private static readonly ConditionalWeakTable<SslServerAuthenticationOptions, SslServerAuthenticationOptions>
        s_prepared = [];

    /// <summary>A server's options, ready for many handshakes: the certificate's chain is built once, and sessions
    /// can be resumed. The user's own object is not touched.</summary>
    /// <exception cref="ArgumentException">They name no certificate.</exception>
    public static SslServerAuthenticationOptions Prepared(SslServerAuthenticationOptions options)
    {
        if (options.ServerCertificateContext is not null || options.ServerCertificateSelectionCallback is not null)
        {
            return options;
        }

        return s_prepared.GetValue(options, Prepare);
    }
    /// <summary>Looks at a server's options before anything is done.</summary>
    /// <exception cref="ArgumentException">They make no sense.</exception>
    public static void Check(ServerOptions options)
    {
        if (options.Tls is { } tls)
        {
            if (options.TlsSelection is not null)
            {
                throw new ArgumentException("Set Tls or TlsSelection, not both.");
            }

            _ = Prepared(tls);
        }

        TlsSetup.CheckTimeout(options.TlsHandshakeTimeout, nameof(options.TlsHandshakeTimeout));
        TlsSetup.CheckTimeout(options.TlsShutdownTimeout, nameof(options.TlsShutdownTimeout));
    }

    /// <summary>What the handshake of an accepted connection needs; null without TLS.</summary>
    public static TlsSetup? Setup(Protocol protocol, ServerOptions options)
    {
        if (options.Tls is null && options.TlsSelection is null)
        {
            return null;
        }

        return new TlsSetup
        {
            Protocol = protocol,
            Server = options.Tls is { } tls ? Prepared(tls) : null,
            Selection = options.TlsSelection,
            HandshakeTimeout = options.TlsHandshakeTimeout,
            ShutdownTimeout = options.TlsShutdownTimeout,
        };
    }

    /// <summary>What the handshake of a connection that this side opened needs; null without TLS.</summary>
    public static TlsSetup? Setup(Protocol protocol, string host, ConnectionOptions options)
    {
        if (options.Tls is not { } tls)
        {
            return null;
        }

        return new TlsSetup
        {
            Protocol = protocol,
            Client = For(tls, host),
            HandshakeTimeout = options.TlsHandshakeTimeout,
            ShutdownTimeout = options.TlsShutdownTimeout,
        };
    }

    /// <summary>The user's options with the host's name filled in. The user's own object is not touched.</summary>
    public static SslClientAuthenticationOptions For(SslClientAuthenticationOptions options, string host)
    {
        if (!string.IsNullOrEmpty(options.TargetHost))
        {
            return options;
        }

        if (host.Length == 0)
        {
            throw new ArgumentException(
                "TLS needs the name that the certificate must be valid for. Set TargetHost of the TLS options.");
        }

        return new SslClientAuthenticationOptions
        {
            AllowRenegotiation = options.AllowRenegotiation,
            AllowTlsResume = options.AllowTlsResume,
            ApplicationProtocols = options.ApplicationProtocols,
            CertificateChainPolicy = options.CertificateChainPolicy,
            CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
            CipherSuitesPolicy = options.CipherSuitesPolicy,
            ClientCertificateContext = options.ClientCertificateContext,
            ClientCertificates = options.ClientCertificates,
            EnabledSslProtocols = options.EnabledSslProtocols,
            EncryptionPolicy = options.EncryptionPolicy,
            LocalCertificateSelectionCallback = options.LocalCertificateSelectionCallback,
            RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback,
            TargetHost = host,
        };
    }

    private static SslServerAuthenticationOptions Prepare(SslServerAuthenticationOptions options)
    {
        if (options.ServerCertificate is not { } certificate)
        {
            throw new ArgumentException(
                "The TLS options of a server need a certificate. Set ServerCertificate, ServerCertificateContext or "
                + "ServerCertificateSelectionCallback.");
        }

        if (certificate is not X509Certificate2 { HasPrivateKey: true } withKey)
        {
            throw new ArgumentException(
                "The certificate of a TLS server needs its private key. Load it with the key, as an X509Certificate2.");
        }

        return new SslServerAuthenticationOptions
        {
            AllowRenegotiation = options.AllowRenegotiation,
            AllowTlsResume = options.AllowTlsResume,
            ApplicationProtocols = options.ApplicationProtocols,
            CertificateChainPolicy = options.CertificateChainPolicy,
            CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
            CipherSuitesPolicy = options.CipherSuitesPolicy,
            ClientCertificateRequired = options.ClientCertificateRequired,
            EnabledSslProtocols = options.EnabledSslProtocols,
            EncryptionPolicy = options.EncryptionPolicy,
            RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback,

            // Offline: the chain comes from this machine, and not over the network while the loop waits.
            ServerCertificateContext = SslStreamCertificateContext.Create(withKey, null, offline: true),
        };
    }
}
