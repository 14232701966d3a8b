using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public class TimeoutTests
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

    /// <summary>CPython: TimeoutTests.test_timeout_zero, test_timeout_zero_sleep_zero, test_timeout_in_the_past_sleep_zero.</summary>
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
        await Throws<FormatException>(() => Aio.Timeout(10.Seconds(), (Func<TimeoutScope, Coroutine>)(_ => throw new FormatException())));
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

    /// <summary>CPython: TimeoutTests.test_cancel_in_timeout_after_cancellation, test_timeout_after_cancellation.</summary>
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
            }

            await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async _ => await Forever()));
        }
    });

    [Fact]
    public void DeadlineThatPassesWhileTheBodyEndsWell_IsNoError() => Run(async () =>
    {
        TimeoutScope? scope = null;
        LoopTask<int> task = Aio.CreateTask(Aio.Timeout(1.Seconds(), async given =>
        {
            scope = given;
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
            }

            return 5;
        }));
        Assert.Equal(5, await task);
        Assert.True(scope!.IsExpired);
        Assert.Equal(0, task.Cancelling());
    });

    [Fact]
    public void DeadlineThatPassesWithoutAnAwaitToReach_LeavesNoRequestBehind() => Run(async () =>
    {
        // The body waits for the very moment of the deadline, and then for nothing more.
        await Aio.Timeout(1.Seconds(), async scope =>
        {
            await default(Coroutine);
            scope.Reschedule(EventLoop.Running.Time);
        });
        await Turns(3);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    /// <summary>CPython: TimeoutTests.test_outer_task_is_not_cancelled, test_nested_timeouts.</summary>
    [Fact]
    public void NestedTimeouts_TheInnerOneExpires_TheOuterOneGoesOn() => Run(async () =>
    {
        string log = "";
        await Aio.Timeout(5.Seconds(), async outer =>
        {
            await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async _ => await Forever()));
            Assert.False(outer.IsExpired);
            await Aio.Sleep(1.Seconds());
            log += "went on";
        });
        Assert.Equal("went on", log);
        Assert.Equal(2.Seconds(), EventLoop.Running.Time);
    });

    [Fact]
    public void NestedTimeouts_TheOuterOneExpires_TheInnerOnePassesItOn() => Run(async () =>
    {
        TimeoutScope? inner = null;
        await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async outer =>
        {
            await Throws<CancelledException>(() => Aio.Timeout(5.Seconds(), async given =>
            {
                inner = given;
                await Forever();
            }));
            throw new CancelledException();
        }));
        Assert.False(inner!.IsExpired);
    });

    /// <summary>CPython: TimeoutTests.test_nested_timeouts_concurrent, test_nested_timeouts_loop_busy.</summary>
    [Fact]
    public void NestedTimeouts_BothExpireAtOnce_BothThrow() => Run(async () =>
    {
        string log = "";
        await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async outer =>
        {
            try
            {
                await Aio.Timeout(1.Seconds(), async _ => await Forever());
            }
            catch (OperationCanceledException)
            {
                log += "outer wins ";
                throw;
            }
            catch (TimeoutException)
            {
                log += "inner wins ";
                await Aio.Sleep(1.Seconds());
            }
        }));
        Assert.NotEmpty(log);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);
    });

    /// <summary>CPython: TimeoutTests.test_nested_timeout_in_finally.</summary>
    [Fact]
    public void Timeout_InAFinallyBlock_Works() => Run(async () =>
    {
        await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async _ =>
        {
            try
            {
                await Forever();
            }
            finally
            {
                await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async _ => await Forever()));
            }
        }));
        Assert.Equal(2.Seconds(), EventLoop.Running.Time);
    });

    /// <summary>CPython: TimeoutTests.test_reschedule.</summary>
    [Fact]
    public void Reschedule_MovesTheDeadline() => Run(async () =>
    {
        await Aio.Timeout(1.Seconds(), async scope =>
        {
            await Aio.Sleep(0.5.Seconds());
            scope.Reschedule(3.Seconds());
            Assert.Equal(3.Seconds(), scope.When);
            await Aio.Sleep(2.Seconds());
            scope.Reschedule(null);
            Assert.Null(scope.When);
            await Aio.Sleep(100.Seconds());
        });
        await Throws<TimeoutException>(() => Aio.Timeout(null, async scope =>
        {
            scope.Reschedule(EventLoop.Running.Time + 1.Seconds());
            await Forever();
        }));
        Assert.Equal(103.5.Seconds(), EventLoop.Running.Time);
    });

    [Fact]
    public void Reschedule_ToThePast_ExpiresInTheNextIteration() => Run(async () =>
    {
        await Aio.Sleep(5.Seconds());
        await Throws<TimeoutException>(() => Aio.Timeout(10.Seconds(), async scope =>
        {
            scope.Reschedule(1.Seconds());
            Assert.False(scope.IsExpired);
            await Aio.Yield();
            await Aio.Yield();
        }));
        Assert.Equal(5.Seconds(), EventLoop.Running.Time);
    });

    [Fact]
    public void Reschedule_ToThePastAndAway_DoesNotExpire() => Run(async () =>
    {
        await Aio.Sleep(5.Seconds());
        await Aio.Timeout(10.Seconds(), async scope =>
        {
            scope.Reschedule(1.Seconds());
            scope.Reschedule(null);
            await Turns(5);
        });
    });

    /// <summary>CPython: TimeoutTests.test_timeout_expired, test_timeout_expiring, test_timeout_finished.</summary>
    [Fact]
    public void Reschedule_AfterTheDeadlineOrTheEnd_IsAnError() => Run(async () =>
    {
        TimeoutScope? scope = null;
        await Aio.Timeout(1.Seconds(), async given =>
        {
            scope = given;
            await default(Coroutine);
        });
        Assert.Throws<InvalidOperationException>(() => scope!.Reschedule(5.Seconds()));
        await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async given =>
        {
            scope = given;
            try
            {
                await Forever();
            }
            finally
            {
                Assert.True(given.IsExpired);
                Assert.Throws<InvalidOperationException>(() => given.Reschedule(5.Seconds()));
            }
        }));
        Assert.Throws<InvalidOperationException>(() => scope!.Reschedule(null));
    });

    [Fact]
    public void Timeout_WithoutABody_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => { _ = Aio.Timeout(1.Seconds(), (Func<TimeoutScope, Coroutine>)null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = Aio.Timeout(1.Seconds(), (Func<TimeoutScope, Coroutine<int>>)null!); });
    }

    [Fact]
    public void Timeout_OfTheLongestTime_NeitherOverflowsNorExpires() => Run(async () =>
    {
        await Aio.Sleep(1.Seconds());
        await Aio.Timeout(TimeSpan.MaxValue, async _ => await Aio.Sleep(10.Seconds()));
    });
}
