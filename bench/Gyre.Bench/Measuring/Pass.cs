using System.Diagnostics;

namespace Gyre.Bench;

/// <summary>What one pass of a case cost.</summary>
/// <param name="Count">How many operations it had.</param>
/// <param name="Wall">The time that went by.</param>
/// <param name="Cpu">The processor time of the whole process.</param>
/// <param name="AllocatedBytes">What the loop's thread allocated.</param>
/// <param name="Latencies">Microseconds of each operation in ascending order, of a case that tells them.</param>
internal sealed record Pass(int Count, TimeSpan Wall, TimeSpan Cpu, long AllocatedBytes, double[]? Latencies)
{
    /// <summary>The time of one operation: the median where each is known, otherwise the mean.</summary>
    public double Nanoseconds =>
        Latencies is { } all ? all[all.Length / 2] * 1000 : Wall.TotalNanoseconds / Count;

    public double BytesEach => (double)AllocatedBytes / Count;

    // The runtime compiles what is hot again after 100 ms in which no new method came, and after ten times as much where
    // the process has one processor.
    private static TimeSpan CompilerPause { get; } =
        TimeSpan.FromMilliseconds(Environment.ProcessorCount > 1 ? 150 : 1_100);

    /// <summary>Runs a pass inside the running loop.</summary>
    public static async Coroutine<Pass> Measure(Case one, int count)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        double[]? latencies = null;
        if (one.Latencies is { } measure)
        {
            latencies = await measure(count);
        }
        else
        {
            await one.Body!(count);
        }

        TimeSpan wall = Stopwatch.GetElapsedTime(start);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return new Pass(count, wall, Environment.CpuUsage.TotalTime - cpu, bytes, latencies);
    }

    /// <summary>A pass that warms the code up, and the time that the runtime takes to compile it again.</summary>
    public static async Coroutine WarmUp(Case one, int count)
    {
        await Measure(one, count);
        await Aio.Sleep(CompilerPause);
    }
}
