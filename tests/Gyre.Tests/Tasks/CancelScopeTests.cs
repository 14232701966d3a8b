using Gyre.Testing;

namespace Gyre.Tests.Tasks;

public class CancelScopeTests
{
    private readonly VirtualClock _clock = new();

    [Fact]
    public void CancelScope_BodyEnds_ReturnsItsResult() => Run(async () =>
    {
        Assert.Equal(5, await Aio.CancelScope(async _ => await Aio.Sleep(1.Seconds(), 5), whenCancelled: -1));
        CancelScope scope = await Aio.CancelScope(async _ => await Aio.Yield());
        Assert.False(scope.IsCancelled);
        Assert.False(scope.CaughtCancellation);
        Assert.Null(scope.Reason);
    });

    /// <summary>Guarantee G-51.</summary>
    [Fact]
    public void CancelScope_BodyFails_PassesTheError() => Run(async () =>
    {
        InvalidDataException? error = null;
        try
        {
            await Aio.CancelScope(async scope =>
            {
                scope.Cancel();
                await Aio.Yield();
                throw new InvalidDataException();
            });
        }
        catch (CancelledException)
        {
            Assert.Fail("The scope takes its own cancellation in.");
        }

        try
        {
            await Aio.CancelScope(Fail);
        }
        catch (InvalidDataException e)
        {
            error = e;
        }

        Assert.NotNull(error);

        static async Coroutine Fail(CancelScope scope)
        {
            scope.Cancel();
            try
            {
                await Aio.Yield();
            }
            finally
            {
                throw new InvalidDataException();
            }
        }
    });

    [Fact]
    public void CancelScope_Cancelled_GivesWhatStandsForTheResult() => Run(async () =>
    {
        int result = await Aio.CancelScope(
            async _ => await Aio.Sleep(9.Seconds(), 5), whenCancelled: -1, delay: 1.Seconds());
        Assert.Equal(-1, result);
        Assert.Equal(1.Seconds(), _clock.Elapsed);
    });

    [Fact]
    public void CancelScope_NoBody_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => Aio.CancelScope(null!));
        Assert.Throws<ArgumentNullException>(() => Aio.CancelScope(null!, whenCancelled: 1));
    }

    [Fact]
    public void Cancel_FirstReason_TravelsToEveryException() => Run(async () =>
    {
        var messages = new List<string?>();
        CancelScope scope = await Aio.CancelScope(async scope =>
        {
            Assert.True(scope.Cancel("first"));
            Assert.False(scope.Cancel("second"));
            for (int i = 0; i < 2; i++)
            {
                try
                {
                    await Aio.Sleep(1.Seconds());
                }
                catch (CancelledException e)
                {
                    messages.Add(e.CancelMessage);
                }
            }

            try
            {
                await Aio.Yield();
            }
            catch (CancelledException e)
            {
                messages.Add(e.CancelMessage);
            }
        });
        Assert.Equal(["first", "first", "first"], messages);
        Assert.Equal("first", scope.Reason);
        Assert.False(scope.Cancel());
    });

    /// <summary>Guarantee G-51.</summary>
    [Fact]
    public void Deadline_Passes_CancelsTheScope() => Run(async () =>
    {
        CancelScope scope = await Aio.CancelScope(
            async _ => await Aio.Sleep(9.Seconds()), delay: 3.Seconds());
        Assert.Equal(3.Seconds(), _clock.Elapsed);
        Assert.True(scope.CaughtCancellation);
        Assert.Equal(3.Seconds(), scope.Deadline);
        Assert.NotNull(scope.Reason);
    });

    [Fact]
    public void Deadline_Moved_CountsFromThen() => Run(async () =>
    {
        CancelScope scope = await Aio.CancelScope(async scope =>
        {
            await Aio.Sleep(2.Seconds());
            scope.Deadline += 5.Seconds();
            await Aio.Sleep(4.Seconds());
            scope.Deadline = null;
            await Aio.Sleep(10.Seconds());
            scope.Deadline = Aio.RunningLoop.Time + 1.Seconds();
            await Aio.Sleep(10.Seconds());
        }, delay: 3.Seconds());
        Assert.True(scope.CaughtCancellation);
        Assert.Equal(17.Seconds(), _clock.Elapsed);
    });

    [Fact]
    public void Deadline_InThePast_CancelsTheFirstWait() => Run(async () =>
    {
        bool began = false;
        CancelScope scope = await Aio.CancelScope(async scope =>
        {
            began = true;
            Assert.True(scope.IsCancelled);
            await Aio.Sleep(1.Seconds());
        }, delay: TimeSpan.Zero);
        Assert.True(began);
        Assert.True(scope.CaughtCancellation);
        Assert.Equal(TimeSpan.Zero, _clock.Elapsed);
    });

    [Fact]
    public void Deadline_AfterTheEnd_HasNoEffect() => Run(async () =>
    {
        CancelScope ended = await Aio.CancelScope(async _ => await Aio.Yield());
        ended.Deadline = TimeSpan.Zero;
        ended.Shield = true;
        Assert.False(ended.IsCancelled);
        await Aio.Sleep(1.Seconds());

        CancelScope cancelled = await Aio.CancelScope(async scope =>
        {
            scope.Cancel();
            scope.Deadline = 9.Seconds();
            await Aio.Yield();
        });
        Assert.True(cancelled.CaughtCancellation);
    });

    /// <summary>Guarantee G-51.</summary>
    [Fact]
    public void Cancel_OuterScope_PassesThroughTheInner() => Run(async () =>
    {
        CancelScope? inner = null;
        bool behindInner = false;
        CancelScope outer = await Aio.CancelScope(async outer =>
        {
            inner = await Aio.CancelScope(async inner =>
            {
                inner.Cancel();
                outer.Cancel();
                await Aio.Yield();
            });
            behindInner = true;
        });
        Assert.Null(inner);
        Assert.False(behindInner);
        Assert.True(outer.CaughtCancellation);
    });

    [Fact]
    public void Cancel_InnerScope_LeavesTheOuterAlone() => Run(async () =>
    {
        CancelScope outer = await Aio.CancelScope(async outer =>
        {
            CancelScope inner = await Aio.CancelScope(async inner =>
            {
                inner.Cancel();
                await Aio.Yield();
            });
            Assert.True(inner.CaughtCancellation);
            Assert.Equal(0, Aio.CurrentTask!.Cancelling());
            await Aio.Sleep(1.Seconds());
        });
        Assert.False(outer.IsCancelled);
        Assert.Equal(1.Seconds(), _clock.Elapsed);
    });

    [Fact]
    public void Cancel_TaskOfGroupOfGroup_IsReachedAtOnce() => Run(async () =>
    {
        var ended = new List<TimeSpan>();
        CancelScope scope = await Aio.CancelScope(async outer => await Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(Nest(3));
            await Aio.Sleep(9.Seconds());
        }), delay: 1.Seconds());
        Assert.True(scope.CaughtCancellation);
        Assert.Equal(Enumerable.Repeat(1.Seconds(), 4), ended);

        async Coroutine Nest(int depth)
        {
            try
            {
                await Aio.CancelScope(async inner => await Aio.TaskGroup(async group =>
                {
                    if (depth > 0)
                    {
                        _ = group.CreateTask(Nest(depth - 1));
                    }

                    await Aio.Sleep(9.Seconds());
                }));
            }
            finally
            {
                ended.Add(_clock.Elapsed);
            }
        }
    });

    [Fact]
    public void Cancel_FreeTask_IsNotInside() => Run(async () =>
    {
        LoopTask? free = null;
        await Aio.CancelScope(async scope =>
        {
            free = Aio.CreateTask(Aio.Sleep(5.Seconds()));
            scope.Cancel();
            await Aio.Yield();
        });
        await free!;
        Assert.Equal(5.Seconds(), _clock.Elapsed);
    });

    [Fact]
    public void Cancel_ByEagerTaskOfGroup_ReachesThatTask() => Run(async () =>
    {
        LoopTask? task = null;
        CancelScope scope = await Aio.CancelScope(async scope => await Aio.TaskGroup(async group =>
        {
            task = group.CreateTask(CancelAndSleep(scope), eagerStart: true);
            await Aio.Sleep(9.Seconds());
        }));
        Assert.True(task!.IsCancelled);
        Assert.True(scope.CaughtCancellation);
        Assert.Equal(TimeSpan.Zero, _clock.Elapsed);

        static async Coroutine CancelAndSleep(CancelScope scope)
        {
            await Aio.CancelScope(async _ => await Aio.Sleep(TimeSpan.Zero));
            scope.Cancel();
            await Aio.Sleep(9.Seconds());
        }
    });

    [Fact]
    public void Cancel_TaskThatTakesAConditionsLockBack_DoesNotSpin()
    {
        var clock = new VirtualClock { IterationsMax = 100 };
        Aio.Run(Main, clock.CreateOptions(debug: true));
        Assert.Equal(5.Seconds(), clock.Elapsed);

        static async Coroutine Main()
        {
            var condition = new LoopCondition();
            LoopTask holder = Aio.CreateTask(Hold(condition));
            CancelScope scope = await Aio.CancelScope(async _ =>
            {
                using (await condition.LockAsync())
                {
                    await condition.WaitAsync();
                }
            }, delay: 2.Seconds());
            Assert.True(scope.CaughtCancellation);
            Assert.False(condition.IsLocked);
            await holder;
        }

        static async Coroutine Hold(LoopCondition condition)
        {
            await Aio.Sleep(1.Seconds());
            using (await condition.LockAsync())
            {
                await Aio.Sleep(4.Seconds());
            }
        }
    }

    private void Run(Func<Coroutine> main) => Aio.Run(main, _clock.CreateOptions(debug: true));
}
