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
