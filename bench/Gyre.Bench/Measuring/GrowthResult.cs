namespace Gyre.Bench;

/// <summary>What an operation of a case costs when there are n of them, 10 n, and 100 n.</summary>
/// <param name="Case">The case.</param>
/// <param name="Points">How many operations a pass had, ascending, and nanoseconds of processor time for each.</param>
internal sealed record GrowthResult(Case Case, IReadOnlyList<(int Count, double Nanoseconds)> Points)
{
    /// <summary>n log n from 10,000 to 1,000,000 has an exponent of 1.09; memory that no longer fits a cache adds to
    /// it.</summary>
    private const double ExponentMax = 1.25;

    /// <summary>The k of a total time that grows as the k-th power of n: 1 is linear.</summary>
    public double Exponent =>
        1 + (Math.Log(Points[^1].Nanoseconds / Points[0].Nanoseconds) / Math.Log((double)Points[^1].Count / Points[0].Count));

    public bool IsAsItShould => Exponent <= ExponentMax;
}
