using Gyre.Testing;

namespace Gyre.Tests.Testing;

public class CancelEverywhereTests
{
    [Fact]
    public void Run_EachMoment_IsCancelledOnceInEachWay()
    {
        var cancelled = new List<string>();
        IReadOnlyList<CancelMoment> moments = CancelEverywhere.Run(async scenario =>
        {
            LoopTask target = scenario.Target(Steps());
            await Aio.Wait([target]);
            cancelled.Add(scenario.CancelledAt?.Description ?? "none");
            Assert.True(target.IsCancelled || scenario.CancelledAt is null or { Number: 3 });
        });
        Assert.Equal(
            [
                "moment 0 (at 0 s): task 'target' in Steps has not started",
                "moment 1 (at 0 s): task 'target' in Steps is ready to run",
                "moment 2 (at 0 s): task 'target' in Sleep ← Steps waits for sleep",
                "moment 3 (at 5 s): task 'target' in Sleep ← Steps has what it waited for (sleep), and is ready to run",
            ],
            moments.Select(moment => moment.ToString()));

        // The last run of each way finds that the target has ended.
        Assert.Equal(1 + (3 * (moments.Count + 1)), cancelled.Count);

        static async Coroutine Steps()
        {
            await Aio.Yield();
            await Aio.Sleep(5.Seconds());
        }
    }

    [Fact]
    public void Run_ItemLostInOneMoment_NamesIt()
    {
        CancelEverywhereException error = Assert.Throws<CancelEverywhereException>(() => CancelEverywhere.Run(LoseItem));
        Assert.Equal(CancelWays.Once, error.Way);
        Assert.Contains("in Sleep ← TakeAndSleep waits for sleep", error.Message, StringComparison.Ordinal);
        Assert.Contains("Assert.Equal() Failure", error.Message, StringComparison.Ordinal);

        Assert.Throws<CancelEverywhereException>(
            () => CancelEverywhere.RunAt(error.Moment.Number, error.Way, LoseItem));
        Assert.True(CancelEverywhere.RunAt(0, error.Way, LoseItem));
        Assert.False(CancelEverywhere.RunAt(100, error.Way, LoseItem));

        static async Coroutine LoseItem(CancelScenario scenario)
        {
            var items = new Queue<int>([1]);
            LoopTask<int> target = scenario.Target(TakeAndSleep(items));
            await Aio.Wait([target]);
            Assert.Equal(1, items.Count + (target.IsCancelled ? 0 : 1));
        }

        static async Coroutine<int> TakeAndSleep(Queue<int> items)
        {
            int item = items.Dequeue();
            await Aio.Sleep(1.Seconds());
            return item;
        }
    }

    [Fact]
    public void Run_CleanUpThatWaits_FailsOnlyWhereItIsCancelledToo()
    {
        CancelEverywhere.Run(Release, new CancelEverywhereOptions { Ways = CancelWays.Once });
        CancelEverywhereException error = Assert.Throws<CancelEverywhereException>(() => CancelEverywhere.Run(Release));
        Assert.Equal(CancelWays.Repeatedly, error.Way);
        error = Assert.Throws<CancelEverywhereException>(
            () => CancelEverywhere.Run(Release, new CancelEverywhereOptions { Ways = CancelWays.ByScope }));
        Assert.Equal(CancelWays.ByScope, error.Way);

        static async Coroutine Release(CancelScenario scenario)
        {
            bool held = false;
            await Aio.Wait([scenario.Target(Hold())]);
            Assert.False(held);

            async Coroutine Hold()
            {
                held = true;
                try
                {
                    await Aio.Sleep(1.Seconds());
                }
                catch (CancelledException)
                {
                    await Aio.Yield();
                    held = false;
                    throw;
                }

                held = false;
            }
        }
    }

    [Fact]
    public void Run_TargetThatNeverEndsWhenCancelled_IsAHang()
    {
        CancelEverywhereException error = Assert.Throws<CancelEverywhereException>(
            () => CancelEverywhere.Run(async scenario =>
            {
                await Aio.Wait([scenario.Target(Hang())]);
            }));
        Assert.IsType<DeadlockException>(error.InnerException);

        static async Coroutine Hang()
        {
            try
            {
                await Aio.Sleep(1.Seconds());
            }
            catch (CancelledException)
            {
                await Virtual.Forever();
            }
        }
    }

    [Fact]
    public void Run_TargetThatAwaitsUntilItIsNotCancelled_IsALivelock()
    {
        CancelEverywhereException error = Assert.Throws<CancelEverywhereException>(
            () => CancelEverywhere.Run(
                async scenario => await Aio.Wait([scenario.Target(Stubborn())]),
                new CancelEverywhereOptions { Ways = CancelWays.ByScope, IterationsMax = 100 }));
        Assert.IsType<LivelockException>(error.InnerException);

        static async Coroutine Stubborn()
        {
            while (true)
            {
                try
                {
                    await Aio.Sleep(1.Seconds());
                    return;
                }
                catch (CancelledException)
                {
                    // This is the mistake that is to be found.
                }
            }
        }
    }

    [Fact]
    public void Run_ScenarioThatFailsByItself_ThrowsItsError() =>
        Assert.Throws<InvalidDataException>(() => CancelEverywhere.Run(async scenario =>
        {
            await scenario.Target(Aio.Sleep(1.Seconds()));
            throw new InvalidDataException();
        }));

    [Fact]
    public void Run_Misuse_SaysWhatToDo()
    {
        Assert.Throws<InvalidOperationException>(() => CancelEverywhere.Run(async _ => await Aio.Yield()));
        Assert.Throws<InvalidOperationException>(() => CancelEverywhere.Run(async scenario =>
        {
            await scenario.Target(Aio.Sleep(1.Seconds()));
            await scenario.Target(Aio.Sleep(1.Seconds()));
        }));
        Assert.Throws<ArgumentException>(() => CancelEverywhere.RunAt(0, CancelWays.All, _ => default));
        Assert.Throws<InvalidOperationException>(() => CancelEverywhere.Run(
            async scenario => await scenario.Target(Aio.Sleep(1.Seconds())),
            new CancelEverywhereOptions { MomentsMax = 2 }));
    }

    [Fact]
    public void Run_Future_IsAwaitedByTheTarget() => CancelEverywhere.Run(async scenario =>
    {
        Future<int> future = Aio.RunningLoop.CreateFuture<int>();
        LoopTask target = scenario.Target(future);
        await Aio.Yield();
        future.TrySetResult(1);
        await Aio.Wait([target]);
    });

    [Fact]
    public void Run_RealTime_CancelsOnARealLoop()
    {
        int runs = 0;
        CancelEverywhere.Run(
            async scenario =>
            {
                runs++;
                Assert.Same(TimeProvider.System, Aio.RunningLoop.Clock);
                await Aio.Wait([scenario.Target(Aio.Sleep(1.Milliseconds()))]);
            },
            new CancelEverywhereOptions { RealTime = true });
        Assert.True(runs > 4);
    }
}
