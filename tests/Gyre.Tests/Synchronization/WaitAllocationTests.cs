namespace Gyre.Tests.Synchronization;

/// <summary>What a wait for another task allocates, after warm-up: nothing. Release builds: a debug build's state
/// machines are classes.</summary>
[Collection(nameof(SequentialCollection))]
public class WaitAllocationTests
{
    private const int Rounds = 10_000;

    private static readonly TimeSpan s_warmUpLimit = TimeSpan.FromMinutes(2);

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void GetAsync_ThatWaits_AllocatesNothing()
    {
        var there = new LoopQueue<int>(maxSize: 1);
        var back = new LoopQueue<int>(maxSize: 1);
        AssertAllocatesNothing(
            other: async () => await back.PutAsync(await there.GetAsync()),
            round: async () =>
            {
                await there.PutAsync(1);
                Assert.True(await back.GetAsync() == 1);
            });
    }

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void PutAsync_ThatWaits_AllocatesNothing()
    {
        var queue = new LoopQueue<string>(maxSize: 1);
        AssertAllocatesNothing(
            other: async () => Assert.NotNull(await queue.GetAsync()),
            round: async () => await queue.PutAsync("item"));
    }

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void MoveNextAsync_ThatWaits_AllocatesNothing()
    {
        var there = new LoopQueue<int>();
        LoopQueueEnumerator<int> items = there.GetAsyncEnumerator();
        AssertAllocatesNothing(
            other: async () =>
            {
                await there.PutAsync(1);
                await Aio.Yield();
            },
            round: async () => Assert.True(await items.MoveNextAsync()));
    }

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void LockAsync_ThatWaits_AllocatesNothing()
    {
        var mutex = new LoopLock();
        AssertAllocatesNothing(Take, Take);

        async Coroutine Take()
        {
            using (await mutex.LockAsync())
            {
                await Aio.Yield();
            }
        }
    }

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void AcquireAsync_ThatWaits_AllocatesNothing()
    {
        var semaphore = new LoopSemaphore();
        AssertAllocatesNothing(Take, Take);

        async Coroutine Take()
        {
            using (await semaphore.AcquireAsync())
            {
                await Aio.Yield();
            }
        }
    }

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void WaitAsync_ForAnEvent_AllocatesNothing()
    {
        var happened = new LoopEvent();
        AssertAllocatesNothing(
            other: async () =>
            {
                happened.Set();
                happened.Clear();
                await Aio.Yield();
            },
            round: async () => await happened.WaitAsync());
    }

    [Fact(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    public void WaitAsync_ForACondition_AllocatesNothing()
    {
        var condition = new LoopCondition();
        AssertAllocatesNothing(
            other: async () =>
            {
                using (await condition.LockAsync())
                {
                    condition.Notify();
                }

                await Aio.Yield();
            },
            round: async () =>
            {
                using (await condition.LockAsync())
                {
                    await condition.WaitAsync();
                }
            });
    }

    private static void AssertAllocatesNothing(Func<Coroutine> other, Func<Coroutine> round)
    {
        using var test = new TestLoop();
        long start = TimeProvider.System.GetTimestamp();
        long least = long.MaxValue;

        // The ready queue goes from one chunk to a second sooner or later: a burst leaves more to take than it needs.
        test.Run(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                test.Loop.CallSoon(static () => { });
            }

            await Aio.Yield();
        });

        // The pools fill at once, but the compiler's tiers take their time, in the background.
        while (least > 0 && TimeProvider.System.GetElapsedTime(start) < s_warmUpLimit)
        {
            least = Math.Min(least, test.Run(() => Measure(other, round)));

            // However many rounds it takes, none of them is the loop that runs and runs while no time passes.
            test.Clock.Advance(1.Seconds());
        }

        Assert.Equal(0, least);
    }

    private static async Coroutine<long> Measure(Func<Coroutine> other, Func<Coroutine> round)
    {
        LoopTask task = Aio.CreateTask(Forever(other));
        await round();
        await round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            await round();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        task.Cancel();
        await Aio.Wait([task]);
        return allocated;
    }

    private static async Coroutine Forever(Func<Coroutine> call)
    {
        while (true)
        {
            await call();
        }
    }
}
