using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Synchronization;

public partial class LoopConditionTests
{
    /// <summary>CPython: ConditionTests.test_wait.</summary>
    [Fact]
    public void Notify_WokenTasks_GoOnOneByOneAsTheLockIsReleased() => Run(async () =>
    {
        var condition = new LoopCondition();
        var order = new List<int>();
        LoopTask[] tasks = [Aio.CreateTask(Wait(1)), Aio.CreateTask(Wait(2)), Aio.CreateTask(Wait(3))];
        await Turns();
        Assert.Empty(order);
        Assert.False(condition.IsLocked);

        await condition.LockAsync();
        condition.Notify();
        await Turns();
        Assert.Empty(order);
        Assert.True(condition.IsLocked);

        condition.Release();
        await Turns();
        Assert.Equal([1], order);
        Assert.True(condition.IsLocked);

        condition.Notify(2);
        await Turns();
        Assert.Equal([1], order);

        condition.Release();
        await Turns();
        Assert.Equal([1, 2], order);
        condition.Release();
        await Turns();
        Assert.Equal([1, 2, 3], order);
        Assert.True(condition.IsLocked);
        Assert.True(tasks.All(task => task.IsDone));

        async Coroutine Wait(int number)
        {
            await condition.LockAsync();
            await condition.WaitAsync();
            order.Add(number);
        }
    });

    /// <summary>CPython: ConditionTests.test_wait_unacquired, test_notify_unacquired,
    /// test_notify_all_unacquired.</summary>
    [Fact]
    public void WaitAsyncAndNotify_WithoutTheLock_AreErrors() => Run(async () =>
    {
        var condition = new LoopCondition();
        var error = await Throws<InvalidOperationException>(condition.WaitAsync);
        Assert.Contains("To wait, take it first", error.Message);
        error = Assert.Throws<InvalidOperationException>(() => condition.Notify());
        Assert.Contains("To notify, take it first", error.Message);
        Assert.Throws<InvalidOperationException>(condition.NotifyAll);
    });

    /// <summary>CPython: ConditionTests.test_wait_for.</summary>
    [Fact]
    public void WaitForAsync_UntilThePredicateHolds_WaitsOn() => Run(async () =>
    {
        var condition = new LoopCondition();
        bool holds = false;
        int calls = 0;
        LoopTask task = Aio.CreateTask(Wait());
        await Turns();
        await NotifyOnce();
        Assert.False(task.IsDone);
        holds = true;
        await NotifyOnce();
        Assert.True(task.IsDone);
        Assert.Equal(3, calls);

        async Coroutine Wait()
        {
            using (await condition.LockAsync())
            {
                await condition.WaitForAsync(() =>
                {
                    Assert.True(condition.IsLocked);
                    calls++;
                    return holds;
                });
            }
        }

        async Coroutine NotifyOnce()
        {
            using (await condition.LockAsync())
            {
                condition.Notify();
            }

            await Turns();
        }
    });

    /// <summary>CPython: ConditionTests.test_wait_for_unacquired.</summary>
    [Fact]
    public void WaitForAsync_WithoutTheLock_IsAnErrorOnlyIfItMustWait() => Run(async () =>
    {
        var condition = new LoopCondition();
        await condition.WaitForAsync(() => true);
        await Throws<InvalidOperationException>(() => condition.WaitForAsync(() => false));
    });

    [Fact]
    public void WaitForAsync_PredicateThatThrows_LeavesTheLockHeld() => Run(async () =>
    {
        var condition = new LoopCondition();
        await condition.LockAsync();
        await Throws<FormatException>(() => condition.WaitForAsync(() => throw new FormatException()));
        Assert.True(condition.IsLocked);
    });

    /// <summary>CPython: ConditionTests.test_notify. Guarantee G-73.</summary>
    [Fact]
    public void Notify_WithANumber_WakesThatManyAtMost() => Run(async () =>
    {
        var condition = new LoopCondition();
        var order = new List<int>();
        LoopTask[] tasks = [Aio.CreateTask(Wait(1)), Aio.CreateTask(Wait(2)), Aio.CreateTask(Wait(3))];
        await Turns();
        using (await condition.LockAsync())
        {
            condition.Notify(0);
            condition.Notify(1);
        }

        await Turns();
        Assert.Equal([1], order);
        using (await condition.LockAsync())
        {
            condition.Notify(1);
            condition.Notify(2048);
        }

        await Aio.Wait(tasks);
        Assert.Equal([1, 2, 3], order);

        async Coroutine Wait(int number)
        {
            using (await condition.LockAsync())
            {
                await condition.WaitAsync();
                order.Add(number);
            }
        }
    });

    /// <summary>CPython: ConditionTests.test_notify_all. Guarantee G-73.</summary>
    [Fact]
    public void NotifyAll_WakesEverybodyInOrder() => Run(async () =>
    {
        var condition = new LoopCondition();
        var order = new List<int>();
        LoopTask[] tasks = [Aio.CreateTask(Wait(1)), Aio.CreateTask(Wait(2))];
        await Turns();
        using (await condition.LockAsync())
        {
            condition.NotifyAll();
        }

        await Turns();
        Assert.Equal([1, 2], order);
        Assert.True(tasks.All(task => task.IsDone));

        async Coroutine Wait(int number)
        {
            using (await condition.LockAsync())
            {
                await condition.WaitAsync();
                order.Add(number);
            }
        }
    });

    /// <summary>CPython: ConditionTests.test_explicit_lock, test_context_manager.</summary>
    [Fact]
    public void Constructor_WithALock_SharesIt() => Run(async () =>
    {
        var mutex = new LoopLock();
        var condition = new LoopCondition(mutex);
        using (await condition.LockAsync())
        {
            Assert.True(mutex.IsLocked && condition.IsLocked);
        }

        Assert.False(mutex.IsLocked || condition.IsLocked);
        using (await mutex.LockAsync())
        {
            Assert.True(condition.IsLocked);
            condition.Notify();
        }

        Assert.False(condition.IsLocked);
    });

    /// <summary>CPython: ConditionTests.test_ambiguous_loops.</summary>
    [Fact]
    public void WaitAsync_OfAConditionOfAnotherLoop_IsAnErrorThatLeavesTheLockHeld()
    {
        var condition = new LoopCondition();
        Aio.Run(async () =>
        {
            using (await condition.LockAsync())
            {
                await Throws<TimeoutException>(() => Aio.WaitFor(condition.WaitAsync(), 0.001.Seconds()));
            }
        });
        Aio.Run(async () =>
        {
            using (await condition.LockAsync())
            {
                var error = await Throws<InvalidOperationException>(condition.WaitAsync);
                Assert.Contains("another event loop", error.Message);
                Assert.True(condition.IsLocked);
            }
        });
    }

    /// <summary>CPython: ConditionTests.test_timeout_in_block. Guarantee G-62.</summary>
    [Fact]
    public void WaitAsync_WithATimeout_HoldsTheLockAfterIt()
    {
        TimeSpan time = Run(async () =>
        {
            var condition = new LoopCondition();
            using (await condition.LockAsync())
            {
                await Throws<TimeoutException>(() => Aio.WaitFor(condition.WaitAsync(), 0.5.Seconds()));
                Assert.True(condition.IsLocked);
            }
        });
        Assert.Equal(0.5.Seconds(), time);
    }

    /// <summary>CPython: ConditionTests.test_repr.</summary>
    [Fact]
    public void ToString_SaysStateAndWaiters() => Run(async () =>
    {
        var condition = new LoopCondition();
        Assert.Equal("LoopCondition [unlocked]", condition.ToString());
        await condition.LockAsync();
        Assert.Equal("LoopCondition [locked]", condition.ToString());
        LoopTask waiter = Aio.CreateTask(condition.WaitAsync());
        await Turns();
        Assert.Equal("LoopCondition [unlocked, waiters: 1]", condition.ToString());
        await condition.LockAsync();
        condition.NotifyAll();
        condition.Release();
        await waiter;
    });
}
