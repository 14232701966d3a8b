using System.Diagnostics;
using System.Globalization;

namespace Gyre.Tests;

/// <summary>A scenario of Gyre.Tests.Child, in a process of its own.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    /// <param name="scenario">The name of the scenario.</param>
    /// <param name="variables">Variables of its environment, as <c>NAME=value</c>.</param>
    public ChildProcess(string scenario, params ReadOnlySpan<string> variables)
    {
        // A shell that runs tests in the background makes them ignore SIGINT, and so would the child.
        string path = Path.Join(AppContext.BaseDirectory, "Gyre.Tests.Child");
        var start = new ProcessStartInfo("env", ["--default-signal=INT", .. variables, path, scenario])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
    }

    public string? ReadLine() => _process.StandardOutput.ReadLine();

    public void WriteLine(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>What Ctrl-C does.</summary>
    public void Interrupt()
    {
        using Process kill = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end, and gives the exit code: 128 and the signal's number when a signal ended
    /// it.</summary>
    public int Finish(out string rest)
    {
        rest = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        // By itself it leaves these to the finaliser, which would close them while another test counts descriptors.
        _process.StandardInput.Dispose();
        _process.StandardOutput.Dispose();
        _process.Dispose();
    }
}
