using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Coroutines;

/// <summary>However deep the chain: no recursion, no step that costs more because of the depth.</summary>
public class DeepChainTests
{
    private const int Depth = 100_000;

    [Fact]
    public void Chain_ThatReturnsWithoutAWait_Ends() => Run(async () => Assert.Equal(Depth, await Count(Depth, null)));

    /// <summary>Guarantee G-27.</summary>
    [Fact]
    public void Chain_ThatWaitsAtItsEnd_Ends() =>
        Run(async () => Assert.Equal(Depth, await Count(Depth, () => Aio.Sleep(1.Seconds()))));

    [Fact]
    public void Chain_OfMixedKinds_Ends() => Run(async () => Assert.Equal("bottom", await Even(Depth)));

    /// <summary>Guarantee G-27.</summary>
    [Fact]
    public void Chain_ThatFails_HandsTheErrorUp()
    {
        using var test = new TestLoop();
        var error = new FormatException("from below");
        var caught = Assert.Throws<FormatException>(() => test.Run(() => Count(Depth, () => Fail(error))));
        Assert.Same(error, caught);
        Assert.Contains(nameof(Fail), caught.StackTrace, StringComparison.Ordinal);
    }

    /// <summary>Guarantee G-27.</summary>
    [Fact]
    public void Chain_ThatIsCancelled_HandsTheCancellationUp() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Count(Depth, Forever));
        await Turns();
        task.Cancel();

        // Each level is an await that ends: the chain gives way now and then (G-83).
        await Turns(1 + (Depth / EventLoopOptions.StepBudgetUsual));
        Assert.True(task.IsCancelled);
    });

    [Fact]
    public void Chain_WhoseLevelsCatchAndThrowAnother_Ends()
    {
        using var test = new TestLoop();
        Assert.Equal($"{Depth / 10}", Assert.Throws<FormatException>(() => test.Run(() => Rethrow(Depth / 10))).Message);

        static async Coroutine Rethrow(int level)
        {
            try
            {
                if (level == 0)
                {
                    throw new FormatException("-");
                }

                await Rethrow(level - 1);
            }
            catch (FormatException)
            {
                throw new FormatException($"{level}");
            }
        }
    }

    /// <summary>Ten times the depth may cost ten times the work, not a hundred times.</summary>
    [Fact]
    public void Chain_ThatFails_TakesTimeInProportionToItsDepth()
    {
        const int Most = 40;
        Assert.InRange(Timing.Ratio(() => TimeToFail(20_000), () => TimeToFail(2_000), Most), 0, Most);
    }

    /// <summary>As for coroutines: an error that climbs through tasks that wait for tasks.</summary>
    [Fact]
    public void ChainOfTasks_ThatFails_TakesTimeInProportionToItsLength()
    {
        const int Most = 40;
        Assert.InRange(Timing.Ratio(() => TimeToFailTasks(10_000), () => TimeToFailTasks(1_000), Most), 0, Most);
    }

    private static double TimeToFail(int depth)
    {
        using var test = new TestLoop();
        long start = TimeProvider.System.GetTimestamp();
        Assert.Throws<FormatException>(() => test.Run(() => Count(depth, () => Fail(new FormatException()))));
        return TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }

    private static double TimeToFailTasks(int length)
    {
        using var test = new TestLoop();
        long start = TimeProvider.System.GetTimestamp();
        Assert.Throws<FormatException>(() => test.Run(() => Link(length)));
        return TimeProvider.System.GetElapsedTime(start).TotalSeconds;

        static async Coroutine Link(int left)
        {
            if (left == 0)
            {
                throw new FormatException();
            }

            await Aio.CreateTask(Link(left - 1));
        }
    }

    private static async Coroutine<int> Count(int level, Func<Coroutine>? bottom)
    {
        if (level == 0)
        {
            if (bottom is not null)
            {
                await bottom();
            }

            return 0;
        }

        return 1 + await Count(level - 1, bottom);
    }

    private static async Coroutine Fail(Exception error)
    {
        await Aio.Yield();
        throw error;
    }

    private static async Coroutine<string> Even(int level) =>
        level == 0 ? "bottom" : (await Odd<object>(level - 1)).ToString()!;

    private static async Coroutine<T> Odd<T>(int level)
    {
        if (level % 3 == 0)
        {
            await Aio.Yield();
        }

        return (T)(object)(level <= 0 ? "bottom" : await Even(level - 1));
    }
}
