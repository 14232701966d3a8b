namespace Gyre.Bench;

/// <summary>What pairs of measurements say about the ratio of the second to the first, and how sure that is.</summary>
/// <remarks>The interval is a bootstrap's: the median of many samples that are drawn from the measured ratios with
/// replacement, without its smallest and its largest. It needs no assumption about how the times are spread.</remarks>
internal sealed class RatioStatistics
{
    private const int Samples = 10_000;

    // The same figures for the same measurements.
    private const int Seed = 20_26;

    /// <param name="ratios">At least one, of a pair each.</param>
    /// <param name="confidence">How sure the interval is to hold the true median: 0.99 for 99 %.</param>
    public RatioStatistics(IReadOnlyCollection<double> ratios, double confidence)
    {
        double[] measured = [.. ratios];
        Median = MedianOf([.. measured]);
        var random = new Random(Seed);
        double[] medians = new double[Samples];
        double[] sample = new double[measured.Length];
        for (int i = 0; i < Samples; i++)
        {
            for (int j = 0; j < sample.Length; j++)
            {
                sample[j] = measured[random.Next(measured.Length)];
            }

            medians[i] = MedianOf(sample);
        }

        Array.Sort(medians);
        double outside = (1 - confidence) / 2;
        Low = medians[(int)(Samples * outside)];
        High = medians[Samples - 1 - (int)(Samples * outside)];
    }

    public double Median { get; }

    /// <summary>The lower end of the interval.</summary>
    public double Low { get; }

    /// <summary>The upper end of the interval.</summary>
    public double High { get; }

    /// <summary>What may be said: whether the whole interval lies on one side of 1.</summary>
    public string Verdict => Low > 1 ? "slower" : High < 1 ? "faster" : "no difference shown";

    /// <summary>Whether even the lower end is slower by more than a share.</summary>
    public bool IsSlowerThan(double share) => Low > 1 + share;

    // Sorts what it is given.
    private static double MedianOf(double[] values)
    {
        Array.Sort(values);
        int half = values.Length / 2;
        return values.Length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }
}
