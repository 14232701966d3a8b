using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Synchronization;

public class LoopSemaphoreTests
{
    /// <summary>CPython: SemaphoreTests.test_initial_value_zero, test_semaphore.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void IsLocked_OfANewSemaphore_TellsWhetherThereArePermits(int value, bool locked)
    {
        var semaphore = new LoopSemaphore(value);
        Assert.Equal(value, semaphore.Value);
        Assert.Equal(locked, semaphore.IsLocked);
    }

    /// <summary>CPython: SemaphoreTests.test_semaphore_value.</summary>
    [Fact]
    public void Constructor_NegativeValue_IsAnError()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoopSemaphore(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoopBoundedSemaphore(-1));
    }

    /// <summary>CPython: SemaphoreTests.test_release_no_waiters.</summary>
    [Fact]
    public void AcquireAsync_OfAFreePermit_HoldsItUntilTheBlockEnds() => Run(async () =>
    {
        var semaphore = new LoopSemaphore();
        using (await semaphore.AcquireAsync())
        {
            Assert.True(semaphore.IsLocked);
        }

        Assert.False(semaphore.IsLocked);
        Assert.Equal(1, semaphore.Value);
    });

    /// <summary>CPython: SemaphoreTests.test_acquire. Guarantee G-71.</summary>
    [Fact]
    public void Release_WithWaiters_HandsThePermitOverAtOnce() => Run(async () =>
    {
        var semaphore = new LoopSemaphore(3);
        var order = new List<int>();
        await semaphore.AcquireAsync();
        await semaphore.AcquireAsync();
        Assert.False(semaphore.IsLocked);
        LoopTask[] tasks = [Aio.CreateTask(Take(1)), Aio.CreateTask(Take(2)), Aio.CreateTask(Take(3))];
        await Turns();
        Assert.Equal([1], order);
        Assert.Equal("LoopSemaphore [locked, waiters: 2]", semaphore.ToString());

        LoopTask fourth = Aio.CreateTask(Take(4));
        semaphore.Release();
        semaphore.Release();
        Assert.Equal(0, semaphore.Value);
        await Turns();
        Assert.Equal([1, 2, 3], order);
        Assert.Equal("LoopSemaphore [locked, waiters: 1]", semaphore.ToString());
        Assert.True(tasks.All(task => task.IsDone) && !fourth.IsDone);
        semaphore.Release();
        await fourth;

        async Coroutine Take(int number)
        {
            await semaphore.AcquireAsync();
            order.Add(number);
        }
    });

    /// <summary>CPython: SemaphoreTests.test_acquire_cancel. Guarantee G-61.</summary>
    [Fact]
    public void Cancel_OfAWaiter_TakesItOutOfTheQueue() => Run(async () =>
    {
        var semaphore = new LoopSemaphore();
        await semaphore.AcquireAsync();
        LoopTask<LoopReleaser> task = Aio.CreateTask(semaphore.AcquireAsync());
        EventLoop.Running.CallSoon(() => task.Cancel());
        await Throws<CancelledException>(task);
        Assert.Equal("LoopSemaphore [locked]", semaphore.ToString());
    });

    /// <summary>CPython: SemaphoreTests.test_acquire_cancel_before_awoken, test_acquire_hang.</summary>
    [Fact]
    public void Release_WhenTheFirstWaitersAreCancelled_GoesToTheFirstLiveOne() => Run(async () =>
    {
        var semaphore = new LoopSemaphore(0);
        LoopTask<LoopReleaser>[] tasks =
            [.. Enumerable.Range(0, 4).Select(_ => Aio.CreateTask(semaphore.AcquireAsync()))];
        await Turns();
        tasks[0].Cancel();
        tasks[1].Cancel();
        semaphore.Release();
        await Turns(2);
        Assert.True(tasks[2].IsDone);
        Assert.False(tasks[3].IsDone);
        Assert.True(semaphore.IsLocked);
    });

    /// <summary>CPython: SemaphoreTests.test_acquire_no_hang.</summary>
    [Fact]
    public void Cancel_OfATaskThatGotThePermit_GivesItBack() => Run(async () =>
    {
        var semaphore = new LoopSemaphore();
        LoopTask? second = null;
        LoopTask first = Aio.CreateTask(First());
        second = Aio.CreateTask(Second());
        await first;
        await Throws<CancelledException>(second);
        Assert.Equal(1, semaphore.Value);
        await Aio.WaitFor(semaphore.AcquireAsync(), 1.Seconds());

        async Coroutine First()
        {
            using (await semaphore.AcquireAsync())
            {
                await Aio.Yield();
            }

            second!.Cancel();
        }

        async Coroutine Second()
        {
            using (await semaphore.AcquireAsync())
            {
                Assert.Fail("The task was cancelled before its turn.");
            }
        }
    });

    /// <summary>Guarantee G-61.</summary>
    [Fact]
    public void Cancel_OfATaskThatGotThePermit_HandsItToTheNext() => Run(async () =>
    {
        var semaphore = new LoopSemaphore(0);
        LoopTask<LoopReleaser> woken = Aio.CreateTask(semaphore.AcquireAsync());
        LoopTask<LoopReleaser> next = Aio.CreateTask(semaphore.AcquireAsync());
        await Turns();
        semaphore.Release();
        woken.Cancel();
        await next;
        Assert.True(woken.IsCancelled);
        Assert.Equal(0, semaphore.Value);
    });

    /// <summary>CPython: SemaphoreTests.test_acquire_fifo_order.</summary>
    [Fact]
    public void AcquireAsync_AgainAfterRelease_StandsBehindThoseWhoWait()
    {
        TimeSpan time = Run(async () =>
        {
            var semaphore = new LoopSemaphore();
            var order = new List<string>();
            await Aio.Gather(Take("a"), Take("b"), Take("c"));
            Assert.Equal(["a1", "b1", "c1", "a2", "b2", "c2"], order);

            async Coroutine Take(string name)
            {
                for (int round = 1; round <= 2; round++)
                {
                    using (await semaphore.AcquireAsync())
                    {
                        order.Add(name + round);
                        await Aio.Sleep(1.Seconds());
                    }
                }
            }
        });
        Assert.Equal(6.Seconds(), time);
    }

    /// <summary>CPython: SemaphoreTests.test_acquire_fifo_order_2. Guarantee G-71.</summary>
    [Fact]
    public void AcquireAsync_InTheTurnOfItsRelease_StandsBehindThoseWhoWait() => Run(async () =>
    {
        var semaphore = new LoopSemaphore();
        var order = new List<int>();
        LoopTask first = Aio.CreateTask(Take(1));
        LoopTask second = Aio.CreateTask(TakeTwice());
        LoopTask third = Aio.CreateTask(Take(3));
        await Turns();
        semaphore.Release();
        semaphore.Release();
        await Aio.Gather(first, second, third);
        Assert.Equal([1, 2, 3, 4], order);

        async Coroutine Take(int number)
        {
            await semaphore.AcquireAsync();
            order.Add(number);
        }

        async Coroutine TakeTwice()
        {
            await Take(2);
            semaphore.Release();
            await Take(4);
        }
    });

    /// <summary>CPython: SemaphoreTests.test_acquire_fifo_order_3.</summary>
    [Fact]
    public void Release_AfterTheHeadWasCancelledAndHasRun_GoesToTheOthers() => Run(async () =>
    {
        var semaphore = new LoopSemaphore(0);
        var order = new List<int>();
        LoopTask[] tasks = [Aio.CreateTask(Take(1)), Aio.CreateTask(Take(2)), Aio.CreateTask(Take(3))];
        await Turns();
        tasks[0].Cancel();
        await Turns();
        semaphore.Release();
        semaphore.Release();
        await Aio.Wait(tasks);
        Assert.Equal([2, 3], order);

        async Coroutine Take(int number)
        {
            await semaphore.AcquireAsync();
            order.Add(number);
        }
    });

    /// <summary>CPython: SemaphoreTests.test_acquire_fifo_order_4.</summary>
    [Fact]
    public void AcquireAsync_ThatGoesOn_WakesThoseWhoQueuedBehindItWhileThereWerePermits() => Run(async () =>
    {
        var semaphore = new LoopSemaphore(0);
        var order = new List<int>();
        LoopTask? fourth = null;
        LoopTask first = Aio.CreateTask(First());
        LoopTask second = Aio.CreateTask(Second());
        LoopTask third = Aio.CreateTask(Third());
        await Turns();
        Assert.Equal(2, semaphore.Value);
        Assert.Equal("LoopSemaphore [locked, waiters: 3]", semaphore.ToString());
        await Turns();
        await Aio.Gather(first, second, third, fourth!);
        Assert.Equal([1, 2, 3, 4], order);

        async Coroutine First()
        {
            await semaphore.AcquireAsync();
            Assert.Equal(0, semaphore.Value);
            fourth = Aio.CreateTask(Fourth());
            order.Add(1);
        }

        async Coroutine Second()
        {
            semaphore.Release();
            semaphore.Release();
            semaphore.Release();
            Assert.Equal(2, semaphore.Value);
            Assert.True(semaphore.IsLocked);
            await semaphore.AcquireAsync();
            order.Add(2);
        }

        async Coroutine Third()
        {
            await semaphore.AcquireAsync();
            Assert.True(semaphore.IsLocked);
            order.Add(3);
        }

        async Coroutine Fourth()
        {
            order.Add(4);
            await Turns();
        }
    });

    /// <summary>CPython: SemaphoreTests.test_release_not_acquired.</summary>
    [Fact]
    public void Release_OfABoundedSemaphoreThatIsFull_IsAnErrorAndChangesNothing()
    {
        var semaphore = new LoopBoundedSemaphore(2);
        var error = Assert.Throws<SemaphoreFullException>(semaphore.Release);
        Assert.Contains("AcquireAsync", error.Message);
        Assert.Equal(2, semaphore.Value);
    }

    [Fact]
    public void Release_OfAnUnboundedSemaphore_AddsAPermit()
    {
        var semaphore = new LoopSemaphore(1);
        semaphore.Release();
        Assert.Equal(2, semaphore.Value);
    }

    [Fact]
    public void Release_AtTheLargestValue_IsAnErrorAndChangesNothing()
    {
        var semaphore = new LoopSemaphore(int.MaxValue);
        Assert.Throws<OverflowException>(semaphore.Release);
        Assert.Equal(int.MaxValue, semaphore.Value);
    }

    /// <summary>CPython: SemaphoreTests.test_repr.</summary>
    [Fact]
    public void ToString_SaysStateAndWaiters() => Run(async () =>
    {
        var semaphore = new LoopBoundedSemaphore(1);
        Assert.Equal("LoopBoundedSemaphore [unlocked, value: 1]", semaphore.ToString());
        await semaphore.AcquireAsync();
        Assert.Equal("LoopBoundedSemaphore [locked]", semaphore.ToString());
        LoopTask<LoopReleaser> waiter = Aio.CreateTask(semaphore.AcquireAsync());
        await Turns();
        Assert.Equal("LoopBoundedSemaphore [locked, waiters: 1]", semaphore.ToString());
        semaphore.Release();
        await waiter;
    });
}
