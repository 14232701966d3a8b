using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Gyre.Tool.Tests;

/// <summary>A server on 127.0.0.1 that says hello over TLS, with .NET's own sockets.</summary>
internal sealed class TlsServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly Task _serving;

    /// <summary>Starts a server, which disposes of the certificate.</summary>
    public TlsServer(X509Certificate2 certificate)
    {
        // OpenSSL wants the key in a form that only a round trip gives.
        _certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
        certificate.Dispose();
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url(string host = "127.0.0.1") => $"https://{host}:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

    public void Dispose()
    {
        _listener.Stop();
        _serving.GetAwaiter().GetResult();
        _certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(_certificate);
            var buffer = new byte[4096];
            await stream.ReadAtLeastAsync(buffer, 1);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"u8.ToArray());
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The tool did not like the certificate, which is what most tests want.
        }
    }
}
