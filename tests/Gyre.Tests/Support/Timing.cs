namespace Gyre.Tests;

/// <summary>Times that are compared with each other, never with a clock on the wall.</summary>
internal static class Timing
{
    /// <summary>A machine with other work to do only ever adds to a time: the least of many is what the code takes. It
    /// is looked for until the two are as they should be, which they never are where the code is slow.</summary>
    private const int RoundsMax = 400;

    private const int RoundsMin = 5;

    /// <summary>How many times as long one thing takes as another, in the best of their runs, which take turns.</summary>
    /// <param name="slow">Returns how long it took.</param>
    /// <param name="fast">Returns how long it took.</param>
    /// <param name="most">The runs end when the ratio is no more than this.</param>
    public static double Ratio(Func<double> slow, Func<double> fast, double most)
    {
        double leastSlow = double.MaxValue;
        double leastFast = double.MaxValue;
        double ratio = double.MaxValue;
        for (int i = 0; i < RoundsMax && (i < RoundsMin || ratio > most); i++)
        {
            leastFast = Math.Min(leastFast, fast());
            leastSlow = Math.Min(leastSlow, slow());
            ratio = leastSlow / leastFast;
        }

        return ratio;
    }
}
