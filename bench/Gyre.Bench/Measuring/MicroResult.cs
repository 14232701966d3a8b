namespace Gyre.Bench;

/// <summary>What the passes of a case say together.</summary>
internal sealed class MicroResult
{
    public MicroResult(Case one, IReadOnlyList<Pass> passes)
    {
        Case = one;
        double[] times = [.. passes.Select(pass => pass.Nanoseconds).Order()];
        double[] bytes = [.. passes.Select(pass => pass.BytesEach).Order()];
        Count = passes[0].Count;
        Rounds = passes.Count;
        Fastest = times[0];
        Median = times[times.Length / 2];
        Slowest = times[^1];
        Bytes = bytes[bytes.Length / 2];
        double[] cpu = [.. passes.Select(pass => pass.Cpu.TotalNanoseconds / pass.Count).Order()];
        CpuMedian = cpu[cpu.Length / 2];
    }

    public Case Case { get; }

    public int Count { get; }

    public int Rounds { get; }

    /// <summary>Nanoseconds an operation, as the other two.</summary>
    public double Median { get; }

    public double Fastest { get; }

    public double Slowest { get; }

    /// <summary>Nanoseconds of processor time an operation, of all threads of the process.</summary>
    public double CpuMedian { get; }

    /// <summary>Bytes allocated an operation, by the loop's thread.</summary>
    public double Bytes { get; }
}
