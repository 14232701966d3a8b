namespace Gyre.Tests.Coroutines;

[Collection(nameof(SequentialCollection))]
public class ResumeCostTests
{
    private const int Yields = 5_000;
    private const int Rounds = 60;

    /// <summary>The acceptance criterion: a resume at depth 1,000 costs at most twice one at depth 1.</summary>
    [Fact]
    public void Resume_AtDepth1000_CostsAtMostTwiceThatAtDepth1()
    {
        // The best of many short runs in turns: on a machine with other work to do, some of each are not disturbed.
        double shallow = double.MaxValue;
        double deep = double.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            shallow = Math.Min(shallow, SecondsFor(1));
            deep = Math.Min(deep, SecondsFor(1000));
        }

        Assert.InRange(deep / shallow, 0, 2);
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
