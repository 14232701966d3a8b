using System.Diagnostics;

namespace Gyre.Tests.Networking.Interop;

/// <summary>A program of the machine that talks to ours.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    private Peer(Process process) => _process = process;

    public StreamReader Output => _process.StandardOutput;

    /// <summary>Starts a program, or skips the test where the machine does not have it.</summary>
    public static Peer Start(string program, params string[] arguments)
    {
        Assert.SkipUnless(IsInstalled(program), $"This machine has no {program}.");
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;

        // What nobody reads would stop the program once the pipe is full.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return new Peer(process);
    }

    public void Send(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Flush();
    }

    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Ends the program at once, as a crash would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for the program's end.</summary>
    /// <returns>Its exit code, and what it printed since the last read.</returns>
    public async Coroutine<(int ExitCode, string Output)> FinishAsync()
    {
        string output = await Output.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return (_process.ExitCode, output);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, program)));
}
