using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public partial class TimeoutTests
{
    /// <summary>CPython: TimeoutTests.test_timeout_basic.</summary>
    [Fact]
    public void Timeout_Expired_CancelsTheBodyAndThrows() => Run(async () =>
    {
        TimeoutScope? scope = null;
        bool cleanedUp = false;
        TimeoutException error = await Throws<TimeoutException>(() => Aio.Timeout(0.01.Seconds(), async given =>
        {
            scope = given;
            try
            {
                await Aio.Sleep(10.Seconds());
            }
            finally
            {
                await Aio.Sleep(1.Seconds());
                cleanedUp = true;
            }
        }));
        Assert.IsType<CancelledException>(error.InnerException);
        Assert.True(cleanedUp);
        Assert.True(scope!.IsExpired);
        Assert.Equal(1.01.Seconds(), EventLoop.Running.Time);
        Assert.Equal(0.01.Seconds(), scope.When);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    /// <summary>CPython: TimeoutTests.test_timeout_not_called.</summary>
    [Fact]
    public void Timeout_NotExpired_LeavesNothingBehind() => Run(async () =>
    {
        TimeoutScope? scope = null;
        int result = await Aio.Timeout(10.Seconds(), async given =>
        {
            scope = given;
            return await Aio.Sleep(1.Seconds(), 5);
        });
        Assert.Equal(5, result);
        Assert.False(scope!.IsExpired);
        Assert.Equal(10.Seconds(), scope.When);
        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
        await Aio.Timeout(10.Seconds(), async _ => await Aio.Sleep(1.Seconds()));
    });

    /// <summary>CPython: TimeoutTests.test_timeout_disabled.</summary>
    [Fact]
    public void Timeout_OfNull_IsNoLimit() => Run(async () =>
    {
        await Aio.Timeout(null, async scope =>
        {
            Assert.Null(scope.When);
            await Aio.Sleep(TimeSpan.FromDays(1000));
            Assert.False(scope.IsExpired);
        });
    });

    [Fact]
    public void Timeout_RunsItsBodyInsideTheCurrentTaskWithoutATrip() => Run(async () =>
    {
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        LoopTask task = Aio.CurrentTask!;
        await Aio.Timeout(1.Seconds(), async _ =>
        {
            await default(Coroutine);
            Assert.Same(task, Aio.CurrentTask);
        });
        Assert.False(other);
    });

    /// <summary>CPython: TimeoutTests.test_timeout_zero, test_timeout_zero_sleep_zero,
    /// test_timeout_in_the_past_sleep_zero.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-11)]
    public void Timeout_WithoutTime_CancelsAtTheFirstWait(int seconds) => Run(async () =>
    {
        bool began = false;
        TimeoutScope? scope = null;
        await Throws<TimeoutException>(() => Aio.Timeout(seconds.Seconds(), async given =>
        {
            scope = given;
            began = true;
            await Aio.Sleep(10.Seconds());
        }));
        Assert.True(began);
        Assert.True(scope!.IsExpired);
        Assert.Equal(seconds.Seconds(), scope.When);
        await Throws<TimeoutException>(() => Aio.Timeout(seconds.Seconds(), async given =>
        {
            scope = given;
            await Aio.Yield();
        }));
        Assert.True(scope.IsExpired);
        await Aio.Timeout(seconds.Seconds(), async _ => await default(Coroutine));
        Assert.Equal(TimeSpan.Zero, EventLoop.Running.Time);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    /// <summary>CPython: TimeoutTests.test_foreign_exception_passed, test_foreign_exception_on_timeout,
    /// test_foreign_exception_on_timeout_2.</summary>
    [Fact]
    public void ErrorOfTheBody_PassesUnchanged() => Run(async () =>
    {
        var error = new FormatException();
        TimeoutScope? scope = null;
        Assert.Same(error, await Throws<FormatException>(() => Aio.Timeout(10.Seconds(), async given =>
        {
            scope = given;
            await Aio.Yield();
            throw error;
        })));
        Assert.False(scope!.IsExpired);
        Assert.Same(error, await Throws<FormatException>(() => Aio.Timeout(1.Seconds(), async _ =>
        {
            try
            {
                await Forever();
            }
            finally
            {
                throw error;
            }
        })));

        // Whatever was under way before the deadline, and fails on the way out: the last error counts.
        Assert.Same(error, await Throws<FormatException>(() => Aio.Timeout(1.Seconds(), async _ =>
        {
            try
            {
                try
                {
                    throw new InvalidTimeZoneException();
                }
                finally
                {
                    await Forever();
                }
            }
            finally
            {
                await Throws<InvalidDataException>(async () =>
                {
                    await Aio.Sleep(1.Seconds());
                    throw new InvalidDataException();
                });
                throw error;
            }
        })));
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
    });

    /// <summary>A lambda that is not async may throw before there is a coroutine.</summary>
    [Fact]
    public void ErrorBeforeTheBodyExists_PassesUnchanged() => Run(async () =>
    {
        Func<TimeoutScope, Coroutine> body = _ => throw new FormatException();
        await Throws<FormatException>(() => Aio.Timeout(10.Seconds(), body));
        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
    });

    [Fact]
    public void CancellationOfTheBodysOwn_BeforeTheDeadline_IsNoTimeout() => Run(async () =>
    {
        await Throws<CancelledException>(() => Aio.Timeout(10.Seconds(), async _ =>
        {
            await default(Coroutine);
            throw new CancelledException();
        }));
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    /// <summary>CPython: TimeoutTests.test_waiter_cancelled, test_timeout_exception_context,
    /// test_outer_task_is_not_cancelled.</summary>
    [Fact]
    public void Timeout_Expired_TheBodySeesACancellationAndTheTaskIsNotCancelled() => Run(async () =>
    {
        CancelledException? seen = null;
        LoopTask task = Aio.CreateTask(Work());
        await task;
        Assert.NotNull(seen);
        Assert.True(task.IsDone && !task.IsCancelled);
        Assert.Equal(0, task.Cancelling());

        async Coroutine Work()
        {
            TimeoutException error = await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async _ =>
            {
                try
                {
                    await Forever();
                }
                catch (CancelledException e)
                {
                    seen = e;
                    throw;
                }
            }));
            Assert.Same(seen, error.InnerException);
        }
    });

    /// <summary>CPython: TimeoutTests.test_foreign_cancel_doesnt_timeout_if_not_expired.</summary>
    [Fact]
    public void CancellationByTheBody_BeforeTheDeadline_IsNoTimeout() => Run(async () =>
    {
        TimeoutScope? scope = null;
        LoopTask task = Aio.CreateTask(Aio.Timeout(10.Seconds(), async given =>
        {
            scope = given;
            Aio.CurrentTask!.Cancel();
            await Forever();
        }));
        await Throws<CancelledException>(task);
        Assert.False(scope!.IsExpired);
    });

    [Fact]
    public void CancellationFromOutside_BeforeTheDeadline_IsNoTimeout() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Aio.Timeout(10.Seconds(), async _ => await Forever()));
        await Turns();
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
    });

    /// <summary>Rule 8: the outer request wins.</summary>
    [Fact]
    public void CancellationFromOutside_InTheMomentOfTheDeadline_Wins() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Aio.Timeout(1.Seconds(), async _ => await Forever()));
        await Turns();
        EventLoop.Running.CallAt(1.Seconds(), () => task.Cancel());
        await Throws<CancelledException>(task);
        Assert.True(task.IsCancelled);
        Assert.Equal(1, task.Cancelling());
    });

    [Fact]
    public void CancellationFromOutside_WhileTheBodyCleansUp_Wins() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Aio.Timeout(1.Seconds(), async _ =>
        {
            try
            {
                await Forever();
            }
            finally
            {
                await Aio.Sleep(10.Seconds());
            }
        }));
        await Turns();
        EventLoop.Running.CallAt(2.Seconds(), () => task.Cancel());
        await Throws<CancelledException>(task);
        Assert.Equal(2.Seconds(), EventLoop.Running.Time);
    });

    /// <summary>CPython: TimeoutTests.test_timeout_after_cancellation.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Timeout_InATaskThatHasSwallowedARequest_StillTellsItsOwn(int seconds) => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Work());
        await task;
        Assert.Equal(1, task.Cancelling());

        async Coroutine Work()
        {
            await SwallowARequest();
            await Throws<TimeoutException>(() => Aio.Timeout(seconds.Seconds(), async _ => await Forever()));
        }
    });

    /// <summary>CPython: TimeoutTests.test_cancel_in_timeout_after_cancellation.</summary>
    [Fact]
    public void Timeout_InATaskThatHasSwallowedARequest_LetsTheNextOneThrough() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Work());
        await task;
        Assert.Equal(2, task.Cancelling());

        static async Coroutine Work()
        {
            await SwallowARequest();
            await Throws<CancelledException>(() => Aio.Timeout(1.Seconds(), async _ =>
            {
                Aio.CurrentTask!.Cancel();
                await Forever();
            }));
        }
    });

    private static async Coroutine SwallowARequest()
    {
        Aio.CurrentTask!.Cancel();
        await Throws<CancelledException>(Forever);
        Assert.Equal(1, Aio.CurrentTask.Cancelling());
    }
}
