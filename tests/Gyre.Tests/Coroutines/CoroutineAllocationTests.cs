namespace Gyre.Tests.Coroutines;

/// <summary>What a step allocates, after warm-up. Release builds: a debug build's state machines are classes.</summary>
[Collection(nameof(SequentialCollection))]
public class CoroutineAllocationTests
{
    private const int Calls = 10_000;

    private static readonly TimeSpan s_warmUpLimit = TimeSpan.FromMinutes(2);

    /// <summary>The acceptance criterion: a coroutine that awaits a coroutine that completes at once allocates
    /// nothing.</summary>
    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void Await_OfACoroutineThatCompletesAtOnce_AllocatesNothing() =>
        AssertAllocatesNothing(async () => await Add(1, 2));

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void Await_OfAVoidCoroutineThatCompletesAtOnce_AllocatesNothing() =>
        AssertAllocatesNothing(async () => await Void());

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void Await_OfAChain_AllocatesNothing() => AssertAllocatesNothing(async () => await Deep(20));

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void Await_OfAYield_AllocatesNothing() => AssertAllocatesNothing(async () => await Aio.Yield());

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void Await_OfASuspendedChain_AllocatesNothing() => AssertAllocatesNothing(async () => await DeepYield(20));

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void Await_OfADoneFuture_AllocatesNothing()
    {
        using var test = new TestLoop();
        Future<int> done = test.Loop.CreateFuture<int>();
        done.SetResult(1);
        AssertAllocatesNothing(async () => await done);
    }

    private static void AssertAllocatesNothing(Func<Coroutine> call)
    {
        using var test = new TestLoop();
        long start = TimeProvider.System.GetTimestamp();
        long least = long.MaxValue;

        // The pools fill at once, but the compiler's tiers take their time, in the background.
        while (least > 0 && TimeProvider.System.GetElapsedTime(start) < s_warmUpLimit)
        {
            least = Math.Min(least, test.Run(() => Measure(call)));

            // However many rounds it takes, none of them is the loop that runs and runs while no time passes.
            test.Clock.Advance(1.Seconds());
        }

        Assert.Equal(0, least);
    }

    private static async Coroutine<long> Measure(Func<Coroutine> call)
    {
        await call();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
        {
            await call();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static async Coroutine<int> Add(int a, int b)
    {
        await Void();
        return a + b;
    }

    private static async Coroutine Void() => await default(Coroutine);

    private static async Coroutine<int> Deep(int level) => level == 0 ? 0 : 1 + await Deep(level - 1);

    private static async Coroutine<int> DeepYield(int level)
    {
        if (level == 0)
        {
            await Aio.Yield();
            return 0;
        }

        return 1 + await DeepYield(level - 1);
    }
}
