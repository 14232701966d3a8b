namespace Gyre.Tests.Coroutines;

[Collection(nameof(SequentialCollection))]
public class ResumeCostTests
{
    private const int Yields = 5_000;

    /// <summary>The acceptance criterion: a resume at depth 1,000 costs at most twice one at depth 1.</summary>
    [Fact]
    public void Resume_AtDepth1000_CostsAtMostTwiceThatAtDepth1()
    {
        const int Most = 2;
        Assert.InRange(Timing.Ratio(() => SecondsFor(1000), () => SecondsFor(1), Most), 0, Most);
    }

    private static double SecondsFor(int depth)
    {
        using var test = new TestLoop();
        return test.Run(() => AtDepth(depth));

        static async Coroutine<double> AtDepth(int depth)
        {
            if (depth > 1)
            {
                return await AtDepth(depth - 1);
            }

            // The chain stands; what is timed is resuming its innermost coroutine.
            long start = TimeProvider.System.GetTimestamp();
            for (int i = 0; i < Yields; i++)
            {
                await Aio.Yield();
            }

            return TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        }
    }
}
