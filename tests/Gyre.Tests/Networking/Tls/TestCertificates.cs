using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gyre.Tests.Networking.Tls;

/// <summary>Certificates for tests, made when they are first asked for, and an authority that signs them all.</summary>
public static class TestCertificates
{
    private static readonly DateTimeOffset s_from = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset s_until = DateTimeOffset.UnixEpoch.AddYears(200);

    /// <summary>The authority; nobody but the tests trusts it.</summary>
    public static X509Certificate2 Authority { get; } = CreateAuthority();

    /// <summary>A certificate for <c>localhost</c>.</summary>
    public static X509Certificate2 Localhost { get; } = Create("localhost");

    /// <summary>A certificate for a client.</summary>
    public static X509Certificate2 Client { get; } = Create("client.test");

    /// <summary>Trusts what the authority has signed, and nothing else.</summary>
    public static X509ChainPolicy Policy => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { Authority },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    public static SslServerAuthenticationOptions ServerOptions => new() { ServerCertificate = Localhost };

    public static SslClientAuthenticationOptions ClientOptions => new()
    {
        TargetHost = "localhost",
        CertificateChainPolicy = Policy,
    };

    public static X509Certificate2 Create(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        using X509Certificate2 bare = request.Create(Authority, s_from.AddDays(1), s_until.AddDays(-1), serial);
        return bare.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 CreateAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of the tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(s_from, s_until);
    }
}
