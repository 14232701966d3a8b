using System.Diagnostics;
using System.Globalization;

namespace Gyre.Tool.Tests;

/// <summary>The tool as a process of its own.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private ToolProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _error = _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public int Id => _process.Id;

    /// <summary>How many descriptors the process has.</summary>
    public int Descriptors => Directory.GetFiles($"/proc/{Id}/fd").Length;

    /// <summary>The most memory that the process has had at a time, in bytes.</summary>
    public long MemoryPeak
    {
        get
        {
            string line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmHWM:"));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>Starts the tool.</summary>
    /// <param name="args">Its arguments.</param>
    /// <param name="certificateFile">The authorities that it trusts; null for the system's.</param>
    public static ToolProcess Start(IEnumerable<string> args, string? certificateFile = null)
    {
        // A shell that runs tests in the background makes them ignore SIGINT, and so would the tool.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", ToolPath, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (certificateFile is not null)
        {
            start.Environment["SSL_CERT_FILE"] = certificateFile;
        }

        return new ToolProcess(start);
    }

    private static string ToolPath => Path.Join(AppContext.BaseDirectory, "Gyre.Tool");

    /// <summary>Runs the tool to its end.</summary>
    public static ToolRun Run(IEnumerable<string> args, string? certificateFile = null)
    {
        using ToolProcess process = Start(args, certificateFile);
        return process.Finish();
    }

    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>What Ctrl-C does.</summary>
    public void Interrupt()
    {
        using Process kill = Process.Start("kill", ["-INT", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end, and gives what was not read yet.</summary>
    public ToolRun Finish()
    {
        string output = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return new ToolRun(_process.ExitCode, output, _error.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
