using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling.Tests;

/// <summary>Leaves the process without a free descriptor until it is disposed.</summary>
internal sealed class DescriptorLimit : IDisposable
{
    private readonly List<SafeFileHandle> _fill = [];
    private readonly string _before;

    private DescriptorLimit(string before) => _before = before;

    /// <summary>Lowers the limit to just above what is open, and fills the gaps below it. Skips the test
    /// where the program that does this is missing.</summary>
    public static DescriptorLimit Exhaust()
    {
        string before = Prlimit("--output=SOFT --noheadings --nofile");
        int highest = DescriptorTests.Descriptors().Max();
        var limit = new DescriptorLimit(before);
        Prlimit($"--nofile={highest + 1}:");
        try
        {
            while (true)
            {
                limit._fill.Add(File.OpenHandle("/dev/null"));
            }
        }
        catch (IOException)
        {
            // None is left: what this is for.
            return limit;
        }
    }

    public void Dispose()
    {
        _fill.ForEach(handle => handle.Dispose());
        Prlimit($"--nofile={_before}:");
    }

    private static string Prlimit(string arguments)
    {
        var start = new ProcessStartInfo("prlimit", $"--pid={Environment.ProcessId} {arguments}")
        {
            RedirectStandardOutput = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("The program prlimit is missing.");
            throw;
        }
    }
}
