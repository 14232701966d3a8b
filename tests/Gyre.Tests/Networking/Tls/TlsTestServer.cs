using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gyre.Tests.Networking.Tls;

/// <summary>A TLS server that is not ours: the BCL's sockets and SslStream, one connection, on the thread
/// pool.</summary>
public sealed class TlsTestServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;

    public TlsTestServer(string name = "localhost")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        _listener.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Options that trust this server's certificate and nothing else, and check the host's name.</summary>
    public SslClientAuthenticationOptions ClientOptions => new()
    {
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _certificate },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    /// <summary>Accepts one connection, does the handshake, and hands the streams to
    /// <paramref name="serve"/>.</summary>
    public Task ServeAsync(Func<SslStream, Socket, Task> serve) => Task.Run(async () =>
    {
        using Socket socket = await _listener.AcceptSocketAsync();
        await using var ssl = new SslStream(new NetworkStream(socket));
        await ssl.AuthenticateAsServerAsync(_certificate);
        await serve(ssl, socket);
    });

    /// <summary>Accepts one connection and hands over the bare socket.</summary>
    public Task ServeBareAsync(Func<Socket, Task> serve) => Task.Run(async () =>
    {
        using Socket socket = await _listener.AcceptSocketAsync();
        await serve(socket);
    });

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }
}
