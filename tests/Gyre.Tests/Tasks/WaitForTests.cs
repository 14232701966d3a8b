using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public class WaitForTests
{
    /// <summary>CPython: AsyncioWaitForTest.test_wait_for_blocking.</summary>
    [Fact]
    public void WaitFor_WhatEndsInTime_ReturnsItsResult() => Run(async () =>
    {
        Assert.Equal(1, await Aio.WaitFor(Aio.Sleep(1.Seconds(), 1), 2.Seconds()));
        Assert.Equal(2, await Aio.WaitFor(Aio.CreateTask(Aio.Sleep(1.Seconds(), 2)), 2.Seconds()));
        Assert.Equal(3, await Aio.WaitFor(Aio.Sleep(1.Seconds(), 3), null));
        await Aio.WaitFor(Aio.Sleep(1.Seconds()), 2.Seconds());
        await Aio.WaitFor((Future)Aio.CreateTask(Aio.Sleep(1.Seconds())), 2.Seconds());
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        EventLoop.Running.CallLater(1.Seconds(), () => future.SetResult(4));
        Assert.Equal(4, await Aio.WaitFor(future, 2.Seconds()));
        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
    });

    /// <summary>CPython: AsyncioWaitForTest.test_asyncio_wait_for_timeout.</summary>
    [Fact]
    public void WaitFor_WhatTakesTooLong_CancelsItAndThrows() => Run(async () =>
    {
        bool cancelled = false;
        TimeoutException error = await Throws<TimeoutException>(() => Aio.WaitFor(Work(), 1.Seconds()));
        Assert.IsType<CancelledException>(error.InnerException);
        Assert.True(cancelled);
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());

        async Coroutine Work()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                cancelled = true;
                throw;
            }
        }
    });

    /// <summary>CPython: AsyncioWaitForTest.test_asyncio_wait_for_timeout, test_asyncio_wait_for_cancelled.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WaitFor_WhatSwallowsEveryCancellation_EndsWhenThatEnds(bool cancelled) => Run(async () =>
    {
        bool ended = false;
        LoopTask wait = Aio.CreateTask(Aio.WaitFor(Work(), cancelled ? 20.Seconds() : 5.Seconds()));
        await Turns();
        if (cancelled)
        {
            wait.Cancel();
        }

        await Aio.Wait([wait]);
        Assert.True(ended);
        Assert.Equal(10.Seconds(), EventLoop.Running.Time);

        async Coroutine Work()
        {
            while (EventLoop.Running.Time < 10.Seconds())
            {
                try
                {
                    await Aio.Sleep(10.Seconds() - EventLoop.Running.Time);
                }
                catch (CancelledException)
                {
                    // Swallowed: that is what is tried here.
                }
            }

            ended = true;
        }
    });

    /// <summary>CPython: AsyncioWaitForTest.test_wait_for, test_wait_for_timeout_less_then_0_or_0.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-1)]
    public void WaitFor_ATaskThatTakesTooLong_CancelsTheTask(int seconds) => Run(async () =>
    {
        bool running = false;
        LoopTask<int> task = Aio.CreateTask(Work());
        await Turns();
        Assert.True(running);
        await Throws<TimeoutException>(async () => await Aio.WaitFor(task, seconds.Seconds()));
        Assert.True(task.IsCancelled);
        Assert.False(running);
        Assert.Equal(Math.Max(seconds, 0).Seconds(), EventLoop.Running.Time);

        async Coroutine<int> Work()
        {
            running = true;
            try
            {
                return await Aio.Sleep(10.Seconds(), 1);
            }
            finally
            {
                running = false;
            }
        }
    });

    [Fact]
    public void WaitFor_AFutureThatTakesTooLong_CancelsTheFuture() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        await Throws<TimeoutException>(async () => await Aio.WaitFor(future, 1.Seconds()));
        Assert.True(future.IsCancelled);
    });

    /// <summary>Rule 7: no task of its own, and no trip through the loop.</summary>
    [Fact]
    public void WaitFor_ACoroutine_RunsItInsideTheCurrentTask() => Run(async () =>
    {
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        Assert.Same(Aio.CurrentTask, await Aio.WaitFor(Who(), 10.Seconds()));
        Assert.False(other);

        static async Coroutine<LoopTask?> Who()
        {
            await default(Coroutine);
            return Aio.CurrentTask;
        }
    });

    /// <summary>CPython: AsyncioWaitForTest.test_wait_for_timeout_less_then_0_or_0_coroutine_do_not_started.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void WaitFor_ACoroutineWithoutTime_DoesNotStartIt(int seconds) => Run(async () =>
    {
        bool started = false;
        await Throws<TimeoutException>(() => Aio.WaitFor(Work(), seconds.Seconds()));
        await Throws<TimeoutException>(async () => await Aio.WaitFor(WorkWithResult(), seconds.Seconds()));
        Assert.False(started);
        Assert.Equal(TimeSpan.Zero, EventLoop.Running.Time);

        async Coroutine Work()
        {
            started = true;
            await Aio.Yield();
        }

        async Coroutine<int> WorkWithResult()
        {
            await Work();
            return 1;
        }
    });

    /// <summary>CPython: AsyncioWaitForTest.test_wait_for_timeout_less_then_0_or_0_future_done.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void WaitFor_ADoneFutureWithoutTime_ReturnsItsResult(int seconds) => Run(async () =>
    {
        Future<int> done = EventLoop.Running.CreateFuture<int>();
        done.SetResult(5);
        Assert.Equal(5, await Aio.WaitFor(done, seconds.Seconds()));
        Future<int> bad = EventLoop.Running.CreateFuture<int>();
        bad.SetException(new FormatException());
        await Throws<FormatException>(async () => await Aio.WaitFor(bad, seconds.Seconds()));
        Future<int> cancelled = EventLoop.Running.CreateFuture<int>();
        cancelled.Cancel();
        await Throws<CancelledException>(async () => await Aio.WaitFor(cancelled, seconds.Seconds()));
    });

    /// <summary>CPython: AsyncioWaitForTest.test_wait_for_waits_for_task_cancellation,
    /// test_wait_for_waits_for_task_cancellation_w_timeout_0.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void WaitFor_ATaskThatCleansUp_WaitsForItsEnd(int seconds) => Run(async () =>
    {
        bool cleanedUp = false;
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        TimeoutException error = await Throws<TimeoutException>(() => Aio.WaitFor(task, seconds.Seconds()));
        Assert.IsType<CancelledException>(error.InnerException);
        Assert.True(cleanedUp);
        Assert.True(task.IsDone);

        async Coroutine Work()
        {
            try
            {
                await Forever();
            }
            finally
            {
                await Aio.Sleep(5.Seconds());
                cleanedUp = true;
            }
        }
    });

    /// <summary>CPython: AsyncioWaitForTest.test_wait_for_reraises_exception_during_cancellation.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void WaitFor_ATaskThatFailsWhileItCleansUp_ThrowsThatError(int seconds) => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        await Throws<FormatException>(() => Aio.WaitFor(task, seconds.Seconds()));

        static async Coroutine Work()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                throw new FormatException();
            }
        }
    });

    /// <summary>CPython: AsyncioWaitForTest.test_wait_for_cancel_suppressed,
    /// test_wait_for_cancellation_race_condition.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void WaitFor_ATaskThatSwallowsTheCancellation_ReturnsItsResult(int seconds) => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Work());
        await Turns();
        Assert.Equal(42, await Aio.WaitFor(task, seconds.Seconds()));
        Assert.Equal(42, await Aio.WaitFor(Work(), 1.Seconds()));
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());

        static async Coroutine<int> Work()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                // Swallowed: that is what is tried here.
            }

            return 42;
        }
    });

    /// <summary>CPython: AsyncioWaitForTest.test_wait_for_race_condition.</summary>
    [Fact]
    public void WaitFor_AFutureThatEndsInTheNextIteration_ReturnsItsResult() => Run(async () =>
    {
        Future<string> future = EventLoop.Running.CreateFuture<string>();
        Coroutine<string> wait = Aio.WaitFor(future, 0.2.Seconds());
        EventLoop.Running.CallSoon(() => future.SetResult("ok"));
        Assert.Equal("ok", await wait);
        Assert.Equal(TimeSpan.Zero, EventLoop.Running.Time);
    });

    /// <summary>CPython: AsyncioWaitForTest.test_cancel_wait_for, test_cancel_blocking_wait_for.</summary>
    [Theory]
    [InlineData(50)]
    [InlineData(null)]
    public void WaitFor_Cancelled_CancelsWhatItWaitsForAndIsCancelled(int? seconds) => Run(async () =>
    {
        LoopTask<int> inner = Aio.CreateTask(Aio.Sleep(100.Seconds(), 1));
        LoopTask outer = Aio.CreateTask(Wait());
        await Turns(2);
        outer.Cancel("why");
        Assert.Equal("why", (await Throws<CancelledException>(outer)).CancelMessage);
        Assert.True(inner.IsCancelled);
        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);

        async Coroutine Wait() => await Aio.WaitFor(inner, seconds?.Seconds());
    });

    /// <summary>CPython: AsyncioWaitForTest.test_wait_for_issue86296.</summary>
    [Fact]
    public void WaitFor_CancelledInTheMomentInWhichTheTaskEnds_IsCancelledBehindIt() => Run(async () =>
    {
        bool reachedEnd = false;
        LoopTask<string> inner = Aio.CreateTask(Done());
        LoopTask task = Aio.CreateTask(Wait());
        await Turns();
        Assert.False(task.IsDone);
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.Equal("done", await inner);
        Assert.False(reachedEnd);

        static async Coroutine<string> Done()
        {
            await default(Coroutine);
            return "done";
        }

        async Coroutine Wait()
        {
            await Aio.WaitFor(inner, 100.Seconds());
            await Aio.Sleep(1.Seconds());
            reachedEnd = true;
        }
    });

    [Fact]
    public void WaitFor_CancelledInTheMomentOfTheDeadline_IsCancelled() => Run(async () =>
    {
        LoopTask outer = Aio.CreateTask(Wait());
        await Turns();
        EventLoop.Running.CallAt(1.Seconds(), () => outer.Cancel());
        await Throws<CancelledException>(outer);

        static async Coroutine Wait() => await Aio.WaitFor(Forever(), 1.Seconds());
    });

    /// <summary>CPython: WaitForShieldTests.test_shielded_timeout, test_none_timeout, test_zero_timeout.</summary>
    [Fact]
    public void WaitFor_AShield_LeavesTheInnerOneRunning() => Run(async () =>
    {
        LoopTask<int> inner = Aio.CreateTask(Aio.Sleep(10.Seconds(), 5));
        await Throws<TimeoutException>(async () => await Aio.WaitFor(Aio.Shield(inner), 1.Seconds()));
        Future<int> shield = Aio.Shield(inner);
        await Throws<TimeoutException>(async () => await Aio.WaitFor(shield, TimeSpan.Zero));
        Assert.True(shield.IsCancelled);
        Assert.False(inner.IsDone);
        Assert.Equal(0, inner.Cancelling());
        Assert.Equal(5, await Aio.WaitFor(Aio.Shield(inner), null));
    });

    [Fact]
    public void WaitFor_InsideWaitFor_TheShorterOneCounts() => Run(async () =>
    {
        TimeoutException error = await Throws<TimeoutException>(
            () => Aio.WaitFor(Aio.WaitFor(Forever(), 1.Seconds()), 2.Seconds()));
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);
        Assert.NotNull(error);
        await Throws<TimeoutException>(() => Aio.WaitFor(Aio.WaitFor(Forever(), 5.Seconds()), 1.Seconds()));
        Assert.Equal(2.Seconds(), EventLoop.Running.Time);
    });

    [Fact]
    public void WaitFor_ThatCannotBegin_LeavesNoCoroutineBehind()
    {
        using var test = new TestLoop();
        Coroutine<int> sleep = Aio.Sleep(1.Seconds(), 1);
        Coroutine<int> wait = Aio.WaitFor(sleep, 1.Seconds());
        wait.Discard();
        sleep.Discard();
    }
}
