using Gyre.Testing;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddLocks(Dictionary<string, Scenario> all)
    {
        all.Add("LoopLock.LockAsync()", async scenario =>
        {
            var mutex = new LoopLock();
            await CancelLock(scenario, mutex.LockAsync);
            Assert.Equal("LoopLock [unlocked]", mutex.ToString());
        });
        all.Add("LoopCondition.LockAsync()", async scenario =>
        {
            var condition = new LoopCondition();
            await CancelLock(scenario, condition.LockAsync);
            Assert.Equal("LoopCondition [unlocked]", condition.ToString());
        });
        all.Add("LoopSemaphore.AcquireAsync()", async scenario =>
        {
            var semaphore = new LoopSemaphore(1);
            await CancelLock(scenario, semaphore.AcquireAsync);
            Assert.Equal("LoopSemaphore [unlocked, value: 1]", semaphore.ToString());
        });
        all.Add("LoopEvent.WaitAsync()", async scenario =>
        {
            var happened = new LoopEvent();
            LoopTask target = scenario.Target(happened.WaitAsync());
            LoopTask other = Aio.CreateTask(happened.WaitAsync());
            await Aio.Sleep(1.Seconds());
            Assert.Equal($"LoopEvent [unset, waiters: {(target.IsDone ? 1 : 2)}]", happened.ToString());
            happened.Set();
            await End(target);
            await other;
        });
        all.Add("LoopCondition.WaitAsync()", async scenario =>
            await CancelCondition(scenario, static condition => condition.WaitAsync()));
        all.Add("LoopCondition.WaitForAsync(Func<Boolean>)", async scenario =>
        {
            bool tested = false;
            await CancelCondition(scenario, condition => condition.WaitForAsync(() =>
            {
                Assert.True(condition.IsLocked);
                (bool before, tested) = (tested, true);
                return before;
            }));
        });
        AddBarriers(all);
    }

    /// <summary>Somebody holds it, the target waits, and others before and behind it: all of them get
    /// it.</summary>
    private static async Coroutine CancelLock(CancelScenario scenario, Func<Coroutine<LoopReleaser>> acquire)
    {
        var order = new List<string>();
        LoopTask holder = Aio.CreateTask(Use("holder", 2));
        LoopTask before = Aio.CreateTask(Use("before", 1));
        await Aio.Yield();
        LoopTask<LoopReleaser> target = scenario.Target(acquire());
        LoopTask behind = Aio.CreateTask(Use("behind", 0));
        await End(target);
        if (!target.IsCancelled)
        {
            order.Add("target");
            target.Result.Dispose();
        }

        // One that comes now finds no trace of what has been cancelled.
        LoopTask late = Aio.CreateTask(Use("late", 0));
        await Aio.Gather(holder, before, behind, late);
        Assert.Equal(["holder", "before", "behind", "late"], order.Where(name => name != "target"));

        async Coroutine Use(string name, int seconds)
        {
            using (await acquire())
            {
                order.Add(name);
                await Aio.Sleep(seconds.Seconds());
            }
        }
    }

    /// <summary>Two tasks wait, and one notification comes: it wakes one that goes on, whoever was
    /// cancelled.</summary>
    private static async Coroutine CancelCondition(CancelScenario scenario, Func<LoopCondition, Coroutine> wait)
    {
        var condition = new LoopCondition();
        LoopTask target = scenario.Target(Wait(wait));
        await Aio.Yield();
        LoopTask other = Aio.CreateTask(Wait(static condition => condition.WaitAsync()));
        await Aio.Sleep(1.Seconds());

        // One that was cancelled has left. It has passed on a notification that it might have had.
        int waiting = (target.IsDone ? 0 : 1) + (other.IsDone ? 0 : 1);
        Assert.Equal(
            waiting == 0 ? "LoopCondition [unlocked]" : $"LoopCondition [unlocked, waiters: {waiting}]",
            condition.ToString());
        using (await condition.LockAsync())
        {
            condition.Notify();
            await Aio.Sleep(1.Seconds());
        }

        await VirtualClock.Current.WaitUntilIdleAsync();
        Assert.True(target.IsDone);
        Assert.Equal(target.IsCancelled, other.IsDone);
        if (!other.IsDone)
        {
            using (await condition.LockAsync())
            {
                condition.Notify();
            }
        }

        await EndAll(target, other);
        Assert.False(condition.IsLocked);

        async Coroutine Wait(Func<LoopCondition, Coroutine> wait)
        {
            using (await condition.LockAsync())
            {
                try
                {
                    await wait(condition);
                }
                finally
                {
                    Assert.True(condition.IsLocked);
                }
            }
        }
    }

    private static void AddBarriers(Dictionary<string, Scenario> all)
    {
        all.Add("LoopBarrier.WaitAsync()", async scenario =>
        {
            var barrier = new LoopBarrier(3);
            LoopTask<int> first = Aio.CreateTask(barrier.WaitAsync());
            LoopTask<int> target = scenario.Target(barrier.WaitAsync());
            await Aio.Sleep(1.Seconds());
            LoopTask<int> last = Aio.CreateTask(barrier.WaitAsync());
            await VirtualClock.Current.WaitUntilIdleAsync();
            if (!last.IsDone)
            {
                // The target no longer counts as having come, so another one has to.
                Assert.True(target.IsCancelled);
                await barrier.WaitAsync();
            }

            await End(target);
            await Aio.Gather(first, last);
            Assert.Equal(0, barrier.WaitingCount);
            Assert.False(barrier.IsBroken);
        });
        const string NeverWaits = "No task keeps the barrier's lock over an await.";
        all["LoopBarrier.ResetAsync()"] = new Scenario(
            async scenario => await CancelEndOfBarrier(scenario, static barrier => barrier.ResetAsync()),
            NeverWaits: NeverWaits);
        all["LoopBarrier.AbortAsync()"] = new Scenario(
            async scenario => await CancelEndOfBarrier(scenario, static barrier => barrier.AbortAsync()),
            NeverWaits: NeverWaits);
    }

    /// <summary>The call waits for the tasks that leave the barrier one by one. It happens, or it does
    /// not.</summary>
    private static async Coroutine CancelEndOfBarrier(CancelScenario scenario, Func<LoopBarrier, Coroutine> end)
    {
        var barrier = new LoopBarrier(2);
        LoopTask<int> first = Aio.CreateTask(barrier.WaitAsync());
        await Aio.Yield();
        LoopTask<int> second = Aio.CreateTask(barrier.WaitAsync());
        LoopTask target = scenario.Target(end(barrier));
        await EndAll(target, first, second);
        await barrier.ResetAsync();
        Assert.Equal(0, barrier.WaitingCount);
        Assert.False(barrier.IsBroken);

        // It is as new.
        await Aio.Gather(barrier.WaitAsync(), barrier.WaitAsync());
    }
}
