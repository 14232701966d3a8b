namespace Gyre.Tests.Coroutines;

[Collection(nameof(SequentialCollection))]
public class ResumeCostTests
{
    private const int Yields = 20_000;

    /// <summary>The acceptance criterion: a resume at depth 1,000 costs at most twice one at depth 1.</summary>
    [Fact]
    public void Resume_AtDepth1000_CostsAtMostTwiceThatAtDepth1()
    {
        double ratio = DeepChainTests.Median(9, () =>
        {
            double shallow = SecondsFor(1);
            return SecondsFor(1000) / shallow;
        });
        Assert.InRange(ratio, 0, 2);
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
