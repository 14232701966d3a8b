using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gyre.Tool.Tests;

/// <summary>nginx on 127.0.0.1, over http and https, with files of 1 B, 1 MB and 200 MB.</summary>
public sealed class NginxServer : IDisposable
{
    public const string SkipReason = "nginx is not installed (Debian's package nginx-light).";

    private const int Attempts = 10;

    private readonly TemporaryFolder _folder = new();
    private readonly PrivateAuthority _authority = new();
    private readonly Dictionary<string, byte[]> _hashes = [];
    private Process? _process;

    // Read to its end, or nginx would stop when the pipe is full.
    private Task<string> _messages = Task.FromResult("");

    /// <summary>Starts nginx, if it is installed.</summary>
    public NginxServer()
    {
        if (FindProgram() is not { } program)
        {
            return;
        }

        Directory.CreateDirectory(_folder.PathOf("site"));
        WriteFile("1B", 1);
        WriteFile("1MB", 1_000_000);
        WriteFile("200MB", 200_000_000);
        using var certificate = _authority.Issue();
        _folder.Write("authority.pem", _authority.Pem);
        _folder.Write("server.pem", certificate.ExportCertificatePem());
        _folder.Write("server.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        for (int i = 0; i < Attempts && _process is null; i++)
        {
            TryStart(program);
        }
    }

    /// <summary>Whether nginx is installed. It must run then.</summary>
    public bool IsInstalled => FindProgram() is not null;

    public string AuthorityFile => _folder.PathOf("authority.pem");

    private int HttpPort { get; set; }

    private int HttpsPort { get; set; }

    public byte[] HashOf(string file) => _hashes[file];

    public string Url(bool tls, string file) =>
        tls ? $"https://localhost:{HttpsPort}/{file}" : $"http://127.0.0.1:{HttpPort}/{file}";

    public void Dispose()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _messages.GetAwaiter().GetResult();
        _process?.Dispose();
        _folder.Dispose();
        _authority.Dispose();
    }

    private static string? FindProgram() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Append("/usr/sbin")
            .Select(directory => Path.Join(directory, "nginx"))
            .FirstOrDefault(File.Exists);

    private void WriteFile(string name, int length)
    {
        // The same bytes in each run, and no two blocks alike.
        var random = new Random(length);
        byte[] block = new byte[Math.Min(length, 1_000_000)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using FileStream file = File.Create(_folder.PathOf($"site/{name}"));
        for (int written = 0; written < length; written += block.Length)
        {
            random.NextBytes(block);
            hash.AppendData(block);
            file.Write(block);
        }

        _hashes[name] = hash.GetHashAndReset();
    }

    /// <summary>Starts it on two ports that were free a moment ago. If one is taken by now, it ends at once.</summary>
    private void TryStart(string program)
    {
        HttpPort = FreePort.Take();
        HttpsPort = FreePort.Take();
        string configuration = _folder.Write("nginx.conf", $$"""
            daemon off;
            master_process off;
            pid nginx.pid;
            events { worker_connections 2000; }
            http {
                access_log off;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                sendfile on;
                server {
                    listen 127.0.0.1:{{HttpPort}} backlog=1000;
                    listen 127.0.0.1:{{HttpsPort}} ssl backlog=1000;
                    ssl_certificate server.pem;
                    ssl_certificate_key server.key;
                    root site;
                }
            }
            """);
        Process process = Process.Start(new ProcessStartInfo(
            program, ["-p", _folder.FullPath, "-c", configuration, "-e", "stderr", "-g", "error_log stderr notice;"])
        {
            // It must not hold the test's own output open if the test is killed.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        // It says so when its sockets listen.
        while (process.StandardError.ReadLine() is { } line)
        {
            if (line.Contains("event method", StringComparison.Ordinal))
            {
                _process = process;
                _messages = process.StandardError.ReadToEndAsync();
                return;
            }
        }

        process.WaitForExit();
        process.Dispose();
    }
}
