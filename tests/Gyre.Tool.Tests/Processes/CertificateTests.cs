namespace Gyre.Tool.Tests;

/// <summary>Certificates, good and bad. A process of its own, because it reads its authorities once.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly PrivateAuthority _authority = new();
    private readonly TemporaryFolder _folder = new();
    private readonly string _authorityFile;

    public CertificateTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SSL_CERT_FILE is for OpenSSL, which .NET uses on Linux.");
        _authorityFile = _folder.Write("authority.pem", _authority.Pem);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public void Fetch_KnownAuthority_IsOk()
    {
        using var server = new TlsServer(_authority.Issue());
        Assert.Equal(0, Fetch(server.Url()).ExitCode);
        Assert.Equal(0, Fetch(server.Url("localhost")).ExitCode);
    }

    [Fact]
    public void Fetch_UnknownAuthority_IsNamed()
    {
        using var other = new PrivateAuthority();
        using var server = new TlsServer(other.Issue());
        AssertFails(Fetch(server.Url()), "^bad certificate: nobody we trust has signed it ");
    }

    [Fact]
    public void Fetch_OtherHostsCertificate_IsNamed()
    {
        using var server = new TlsServer(_authority.Issue("elsewhere.test", onlyName: true));
        AssertFails(Fetch(server.Url()), "^bad certificate: it is for another host ");
    }

    [Fact]
    public void Fetch_ExpiredCertificate_IsNamed()
    {
        using var server = new TlsServer(_authority.Issue(expired: true));
        AssertFails(Fetch(server.Url()), "^bad certificate: it has expired ");
    }

    [Fact]
    public void Fetch_NoTlsAtAll_IsNamed()
    {
        using TestServer server = TestServer.StartGreeting("220 mail.test ready\r\n");
        AssertFails(Fetch(server.Url().OriginalString.Replace("http:", "https:")), "^TLS failed: ");
    }

    private ToolRun Fetch(string url) => ToolProcess.Run(["fetch", "--json", "--timeout", "30", url], _authorityFile);

    private static void AssertFails(ToolRun run, string error)
    {
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Matches(error, Assert.Single(run.JsonResults).GetProperty("error").GetString());
    }
}
