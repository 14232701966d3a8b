using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gyre.Tool.Tests;

/// <summary>A certificate authority that nobody knows, for servers on 127.0.0.1.</summary>
internal sealed class PrivateAuthority : IDisposable
{
    private static readonly DateTimeOffset s_start = DateTimeOffset.UtcNow.AddDays(-10);

    private readonly X509Certificate2 _certificate;

    public PrivateAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            $"CN=Gyre test authority {Guid.NewGuid()}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _certificate = request.CreateSelfSigned(s_start, s_start.AddDays(20));
    }

    /// <summary>The authority's certificate, as <c>SSL_CERT_FILE</c> takes it.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>Makes a certificate for a server, with its key.</summary>
    /// <param name="host">A DNS name; the certificate is for 127.0.0.1 too unless <paramref name="onlyName"/>.</param>
    /// <param name="onlyName">Whether the address is left out.</param>
    /// <param name="expired">Whether it was good until yesterday.</param>
    public X509Certificate2 Issue(string host = "localhost", bool onlyName = false, bool expired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (!onlyName)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 issued = request.Create(
            _certificate, s_start.AddDays(1), s_start.AddDays(expired ? 9 : 19), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    public void Dispose() => _certificate.Dispose();
}
