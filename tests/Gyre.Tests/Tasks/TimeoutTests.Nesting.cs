using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public partial class TimeoutTests
{
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
                // Swallowed: that is what is tried here.
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
