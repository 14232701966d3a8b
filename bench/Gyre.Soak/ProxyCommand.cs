using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Gyre.Soak;

/// <summary><c>proxy</c>: the sample TcpProxy between <c>wrk</c> and <c>nginx</c>.</summary>
internal static partial class ProxyCommand
{
    private const int Connections = 64;
    private const int LargeBytes = 512 * 1024;
    private const long ResidentMax = 256L << 20;

    public static Command Create()
    {
        var seconds = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 30 };
        var command = new Command("proxy", "The sample TcpProxy between wrk and nginx: no errors, bounded memory.") { seconds };
        command.SetAction(parsed => Verdict.Run(verdict => Run(verdict, parsed.GetValue(seconds))));
        return command;
    }

    private static async Coroutine Run(Verdict verdict, int seconds)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("gyre");
        try
        {
            int upstream = FreePort();
            using Process nginx = StartNginx(directory.FullName, upstream);
            using var endOfNginx = new KillAtEnd(nginx);
            await Listening(upstream);
            int port = FreePort();
            using Process proxy = StartProxy(port, upstream);
            using var endOfProxy = new KillAtEnd(proxy);
            await Listening(port);

            await Load(verdict, $"http://127.0.0.1:{port}/small", "small pages", (seconds + 1) / 2);
            await Load(verdict, $"http://127.0.0.1:{port}/large", $"pages of {LargeBytes:N0} bytes", (seconds + 1) / 2);

            proxy.Refresh();
            long peak = proxy.PeakWorkingSet64;
            verdict.Check(
                peak is > 0 and <= ResidentMax,
                $"the proxy had at most {peak >> 20} MiB of resident memory, limit {ResidentMax >> 20} MiB");
            verdict.Check(!proxy.HasExited, "the proxy still runs");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Coroutine Load(Verdict verdict, string url, string what, int seconds)
    {
        using Process wrk = Start(
            "wrk", "--threads", "1", "--connections", $"{Connections}", "--duration", $"{seconds}s", "--timeout", "5s", url);
        string report = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();

        // These lines are there only if something went wrong.
        string[] wrong = [.. report.Split('\n').Where(line => line.Contains("Socket errors") || line.Contains("Non-2xx"))];
        Match rate = RequestRate().Match(report);
        verdict.Check(
            wrk.ExitCode == 0 && rate.Success && wrong.Length == 0,
            $"{seconds} s of {what}, {Connections} connections: {rate.Groups[1].Value} requests a second"
            + string.Concat(wrong.Select(line => "; " + line.Trim())));
    }

    private static Process StartNginx(string directory, int port)
    {
        File.WriteAllText(Path.Combine(directory, "small"), "hello\n");
        File.WriteAllBytes(Path.Combine(directory, "large"), new byte[LargeBytes]);
        string configuration = Path.Combine(directory, "nginx.conf");

        // It closes a connection after 1,000 requests: the proxy has to pass that on, too.
        File.WriteAllText(configuration, $$"""
            daemon off;
            worker_processes 1;
            user root;
            pid {{directory}}/pid;
            error_log {{directory}}/error.log;
            events { worker_connections 1024; }
            http {
                access_log off;
                keepalive_requests 1000;
                client_body_temp_path {{directory}}/temp;
                server { listen 127.0.0.1:{{port}}; root {{directory}}; }
            }
            """);
        return Start("nginx", "-p", directory, "-c", configuration);
    }

    private static Process StartProxy(int port, int upstream)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "TcpProxy.dll");
        return Start("dotnet", program, port.ToString(CultureInfo.InvariantCulture), $"127.0.0.1:{upstream}");
    }

    private static Process Start(string program, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"'{program}' is needed here. Debian: apt-get install nginx-light wrk.", e);
        }
    }

    /// <summary>Waits until somebody listens.</summary>
    private static async Coroutine Listening(int port)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await using Connection connection = await Aio.OpenConnection("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (attempt < 100)
            {
                await Aio.Sleep(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex RequestRate();

    /// <summary>Ends a program and what it has started.</summary>
    private sealed class KillAtEnd(Process process) : IDisposable
    {
        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
        }
    }
}
