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
        await Throws<TimeoutException>(() => Aio.Timeout(seconds.Seconds(), async scope =>
        {
            began = true;
            await Aio.Sleep(10.Seconds());
        }));
        Assert.True(began);
        await Throws<TimeoutException>(() => Aio.Timeout(seconds.Seconds(), async _ => await Turns(2)));
        await Aio.Timeout(seconds.Seconds(), async _ => await default(Coroutine));
        Assert.Equal(TimeSpan.Zero, EventLoop.Running.Time);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    /// <summary>CPython: TimeoutTests.test_foreign_exception_passed, test_foreign_exception_on_timeout.</summary>
    [Fact]
    public void ErrorOfTheBody_PassesUnchanged() => Run(async () =>
    {
        var error = new FormatException();
        Assert.Same(error, await Throws<FormatException>(() => Aio.Timeout(10.Seconds(), async _ =>
        {
            await Aio.Yield();
            throw error;
        })));
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

    /// <summary>CPython: TimeoutTests.test_foreign_cancel_doesnt_timeout_if_not_expired.</summary>
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

    /// <summary>CPython: TimeoutTests.test_waiter_cancelled.</summary>
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

    /// <summary>CPython: TimeoutTests.test_cancel_in_timeout_after_cancellation,
    /// test_timeout_after_cancellation.</summary>
    [Fact]
    public void Timeout_InATaskThatHasSwallowedARequest_StillTellsItsOwn() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel();
        await task;
        Assert.Equal(1, task.Cancelling());

        static async Coroutine Work()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                // Swallowed: that is what is tried here.
            }

            await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async _ => await Forever()));
        }
    });
}
