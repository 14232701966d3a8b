using System.Net.Security;

namespace Gyre;

/// <summary>Completes the options for TLS that a user gave.</summary>
internal static class TlsOptions
{
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
}
