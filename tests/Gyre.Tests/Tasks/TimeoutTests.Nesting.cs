using Gyre.Testing;
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

    /// <summary>CPython: TimeoutTests.test_nested_timeouts.</summary>
    [Fact]
    public void NestedTimeouts_OfOneDeadline_OnlyTheOuterOneThrows() => Run(async () =>
    {
        TimeoutScope? outer = null;
        TimeoutScope? inner = null;
        await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async given =>
        {
            outer = given;
            await Throws<CancelledException>(() => Aio.Timeout(1.Seconds(), async given =>
            {
                inner = given;
                await Forever();
            }));
            throw new CancelledException();
        }));
        Assert.True(outer!.IsExpired && inner!.IsExpired);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    /// <summary>CPython: TimeoutTests.test_nested_timeouts_concurrent.</summary>
    [Fact]
    public void NestedTimeouts_TheOuterOneExpiresWhileTheLoopIsBusy_OnlyTheOuterOneThrows() => Run(async () =>
    {
        TimeoutScope? inner = null;
        await Throws<TimeoutException>(() => Aio.Timeout(2.Seconds(), async _ =>
            await Aio.Timeout(100.Seconds(), async given =>
            {
                inner = given;
                VirtualClock.Current.Advance(10.Seconds());
                await Aio.Sleep(1000.Seconds());
            })));
        Assert.False(inner!.IsExpired);
        Assert.Equal(10.Seconds(), EventLoop.Running.Time);
    });

    /// <summary>CPython: TimeoutTests.test_nested_timeouts_loop_busy.</summary>
    [Fact]
    public void NestedTimeouts_BothExpireWhileTheLoopIsBusy_TheOuterOneEndsWhatFollowsTheInnerOne() => Run(async () =>
    {
        await Throws<TimeoutException>(() => Aio.Timeout(10.Seconds(), async _ =>
        {
            try
            {
                await Aio.Timeout(1.Seconds(), async _ =>
                {
                    VirtualClock.Current.Advance(10.Seconds());
                    await Aio.Sleep(100.Seconds());
                });
            }
            catch (TimeoutException)
            {
                // The inner one's. The request of the outer one is delivered at the next await.
            }

            await Aio.Sleep(1000.Seconds());
        }));
        Assert.Equal(10.Seconds(), EventLoop.Running.Time);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

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
        TimeoutException? inner = null;
        TimeoutException outer = await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async _ =>
        {
            try
            {
                await Forever();
            }
            finally
            {
                inner = await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async _ => await Forever()));
            }
        }));
        Assert.IsType<CancelledException>(outer.InnerException);
        Assert.IsType<CancelledException>(inner!.InnerException);
        Assert.NotSame(outer.InnerException, inner.InnerException);
        Assert.Equal(2.Seconds(), EventLoop.Running.Time);
    });

    /// <summary>CPython: TimeoutTests.test_reschedule.</summary>
    [Fact]
    public void Reschedule_ByAnotherTask_MovesTheDeadline() => Run(async () =>
    {
        Future<TimeoutScope> given = EventLoop.Running.CreateFuture<TimeoutScope>();
        LoopTask task = Aio.CreateTask(Aio.Timeout(10.Seconds(), async scope =>
        {
            given.SetResult(scope);
            await Aio.Sleep(50.Seconds());
        }));
        TimeoutScope scope = await given;
        Assert.Equal(10.Seconds(), scope.When);
        scope.Reschedule(30.Seconds());
        Assert.Equal(30.Seconds(), scope.When);
        await Aio.Sleep(20.Seconds());
        Assert.False(task.IsDone);
        scope.Reschedule(null);
        Assert.Null(scope.When);
        await Aio.Sleep(20.Seconds());
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.False(scope.IsExpired);
        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
    });

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

    /// <summary>CPython: TimeoutTests.test_repr_active, test_repr_expired, test_repr_finished,
    /// test_repr_disabled.</summary>
    [Fact]
    public void ToString_InEveryState_NamesIt() => Run(async () =>
    {
        TimeoutScope? scope = null;
        await Aio.Timeout(null, async given =>
        {
            scope = given;
            Assert.Equal("TimeoutScope [active]", given.ToString());
            given.Reschedule(1.5.Seconds());
            Assert.Equal("TimeoutScope [active, when: 1.5 s]", given.ToString());
            await default(Coroutine);
        });
        Assert.Equal("TimeoutScope [finished]", scope!.ToString());
        await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async given =>
        {
            scope = given;
            try
            {
                await Forever();
            }
            finally
            {
                Assert.Equal("TimeoutScope [expiring]", given.ToString());
            }
        }));
        Assert.Equal("TimeoutScope [expired]", scope.ToString());
    });

    /// <summary>CPython: TimeoutTests.test_timeout_taskgroup.</summary>
    [Fact]
    public void Timeout_OfAGroupWhoseTaskFailsInItsCleanUp_LetsTheErrorsThrough() => Run(async () =>
    {
        TimeoutScope? scope = null;
        AggregateException errors = await Throws<AggregateException>(() => Aio.Timeout(1.Seconds(), async given =>
        {
            scope = given;
            await Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(Fail());
                try
                {
                    throw new InvalidTimeZoneException();
                }
                finally
                {
                    await Forever();
                }
            });
        }));
        Assert.IsType<FormatException>(Assert.Single(errors.InnerExceptions));
        Assert.True(scope!.IsExpired);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());

        static async Coroutine Fail()
        {
            try
            {
                await Forever();
            }
            finally
            {
                throw new FormatException();
            }
        }
    });
}
