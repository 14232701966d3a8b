using System.Globalization;

namespace Gyre.Bench;

/// <summary>What the system says about this process's memory. Linux only; zero elsewhere.</summary>
internal static class ProcessMemory
{
    private const string Status = "/proc/self/status";

    public static double ResidentBytes => Read("VmRSS:");

    public static double PeakBytes => Read("VmHWM:");

    private static double Read(string key)
    {
        if (!File.Exists(Status))
        {
            return 0;
        }

        // "VmRSS:     12345 kB"
        string line = File.ReadLines(Status).First(line => line.StartsWith(key, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(key.Length).Trim()[..^3], CultureInfo.InvariantCulture) * 1024;
    }
}
