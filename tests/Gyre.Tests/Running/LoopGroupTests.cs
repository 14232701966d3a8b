namespace Gyre.Tests.Running;

public class LoopGroupTests
{
    private static readonly LoopGroupOptions s_three = new() { Count = 3 };

    [Fact]
    public void Run_ThreeLoops_EachRunsOnAThreadOfItsOwn()
    {
        var options = new LoopGroupOptions { Count = 3, ThreadNamePrefix = "worker " };
        List<string?> names = LoopGroup.Run(async Coroutine<List<string?>> (group) =>
        {
            var found = new List<string?>();
            foreach (EventLoop loop in group.Loops)
            {
                found.Add(await group.RunOnAsync(loop, async Coroutine<string?> () =>
                {
                    await Aio.Yield();
                    Assert.Same(loop, EventLoop.Running);
                    return Thread.CurrentThread.Name;
                }));
            }

            return found;
        }, options);
        Assert.Equal(3, names.Count);
        Assert.Equal(["worker 1", "worker 2"], names[1..]);
    }

    [Fact]
    public void Run_OptionsOfTheLoops_ReachAll()
    {
        var options = new LoopGroupOptions { Count = 2, Loop = new EventLoopOptions { Debug = true } };
        LoopGroup.Run(
            async Coroutine (group) =>
            {
                Assert.All(group.Loops, loop => Assert.True(loop.Debug));
                await Aio.Yield();
            },
            options);
    }

    [Fact]
    public void Run_NoLoop_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => LoopGroup.Run(static _ => Aio.Sleep(TimeSpan.Zero), new LoopGroupOptions { Count = 0 }));

    [Fact]
    public void Run_OnePollerForTwoLoops_IsRefused() => Assert.Throws<ArgumentException>(() => Aio.Run(Aio.LoopGroup(
        static _ => Aio.Sleep(TimeSpan.Zero),
        new LoopGroupOptions { Count = 2, Loop = new EventLoopOptions { Poller = new ThreadPoller() } })));

    [Fact]
    public void RunOnAsync_Error_ArrivesWithItsStack() => LoopGroup.Run(
        async Coroutine (group) =>
        {
            ArithmeticException error = await ThrowsAsync<ArithmeticException>(group.RunOnAsync(group.Loops[1], Fail));
            Assert.Contains(nameof(Fail), error.StackTrace, StringComparison.Ordinal);
        },
        s_three);

    /// <summary>Guarantee G-130.</summary>
    [Fact]
    public void RunOnAsync_FromAMember_RunsOnTheOwner() => LoopGroup.Run(
        async Coroutine (group) =>
        {
            EventLoop seen = await group.RunOnAsync(group.Loops[1], () =>
                group.RunOnAsync(group.Loops[0], async Coroutine<EventLoop> () => EventLoop.Running));
            Assert.Same(group.Loops[0], seen);
        },
        s_three);

    [Fact]
    public void RunOnAsync_Cancelled_EndsAfterTheCleanUpThere() => LoopGroup.Run(
        async Coroutine (group) =>
        {
            using var waits = new ManualResetEventSlim();
            bool isClean = false;
            LoopTask task = Aio.CreateTask(group.RunOnAsync(group.Loops[1], async Coroutine () =>
            {
                try
                {
                    waits.Set();
                    await Aio.Sleep(3600.Seconds());
                }
                finally
                {
                    await Aio.Sleep(1.Milliseconds());
                    Volatile.Write(ref isClean, true);
                }
            }));
            await Aio.ToThread(() => waits.Wait());
            task.Cancel("enough");
            CancelledException error = await ThrowsAsync<CancelledException>(AwaitAsync(task));
            Assert.Equal("enough", error.Message);
            Assert.True(Volatile.Read(ref isClean));
        },
        s_three);

    [Fact]
    public void RunOnAsync_CancelledBeforeItBegins_RunsNothing() => LoopGroup.Run(
        async Coroutine (group) =>
        {
            bool hasRun = false;
            using var go = new ManualResetEventSlim();
            group.Loops[1].CallSoonThreadSafe(() => go.Wait());
            LoopTask task = Aio.CreateTask(group.RunOnAsync(group.Loops[1], async Coroutine () => hasRun = true));
            await Aio.Yield();
            task.Cancel();
            await Aio.Yield();
            go.Set();
            await ThrowsAsync<CancelledException>(AwaitAsync(task));
            Assert.False(hasRun);
        },
        s_three);

    [Fact]
    public void RunOnAsync_AfterTheGroup_IsRefused() => Aio.Run(async Coroutine () =>
    {
        LoopGroup? left = null;
        await Aio.LoopGroup(async Coroutine (group) => left = group, s_three);
        await ThrowsAsync<InvalidOperationException>(left!.RunOnAsync(left.Loops[1], () => Aio.Sleep(TimeSpan.Zero)));
        Assert.Throws<InvalidOperationException>(() => left.StartOnEach(() => Aio.Sleep(TimeSpan.Zero)));
        Assert.Throws<InvalidOperationException>(left.Cancel);
    });

    /// <summary>Guarantee G-132.</summary>
    [Fact]
    public void CreateTask_Fails_CancelsTheOthersOnAllLoops()
    {
        int running = 0;
        AggregateException errors = Assert.Throws<AggregateException>(() => LoopGroup.Run(
            async Coroutine (group) =>
            {
                group.StartOnEach(WaitForEver);
                _ = group.CreateTask(group.Loops[2], Fail);
                await WaitForEver();
            },
            s_three));
        Assert.IsType<ArithmeticException>(Assert.Single(errors.InnerExceptions));
        Assert.Equal(0, running);

        async Coroutine WaitForEver()
        {
            Interlocked.Increment(ref running);
            try
            {
                await Aio.Sleep(3600.Seconds());
            }
            catch (CancelledException)
            {
                Interlocked.Decrement(ref running);
                throw;
            }
        }
    }

    [Fact]
    public void LoopGroup_BodyReturns_WaitsForTheTasksOnAllLoops()
    {
        int ended = 0;
        LoopGroup.Run(
            async Coroutine (group) => group.StartOnEach(async Coroutine () =>
            {
                await Aio.Sleep(2.Milliseconds());
                Interlocked.Increment(ref ended);
            }),
            s_three);
        Assert.Equal(3, ended);
    }

    /// <summary>Guarantee G-133.</summary>
    [Fact]
    public void LoopGroup_TasksThatNobodyAwaits_AreCancelledAtTheEnd()
    {
        int cleaned = 0;
        LoopGroup.Run(
            async Coroutine (group) =>
            {
                foreach (EventLoop loop in group.Loops)
                {
                    await group.RunOnAsync(loop, async Coroutine () =>
                    {
                        _ = Aio.CreateTask(Linger());
                        await Aio.Yield();
                    });
                }
            },
            s_three);
        Assert.Equal(3, cleaned);

        async Coroutine Linger()
        {
            try
            {
                await Aio.Sleep(3600.Seconds());
            }
            finally
            {
                await Aio.Sleep(1.Milliseconds());
                Interlocked.Increment(ref cleaned);
            }
        }
    }

    [Fact]
    public void Cancel_EndsTheBlockWithoutAnError() => LoopGroup.Run(
        async Coroutine (group) =>
        {
            group.StartOnEach(() => Aio.Sleep(3600.Seconds()));
            await Aio.Yield();
            group.Cancel();
            await Aio.Sleep(3600.Seconds());
        },
        s_three);

    [Fact]
    public void LoopGroup_Cancelled_CancelsEverythingAndGoesOn() => Aio.Run(async Coroutine () =>
    {
        LoopTask task = Aio.CreateTask(Aio.LoopGroup(
            async Coroutine (group) =>
            {
                group.StartOnEach(() => Aio.Sleep(3600.Seconds()));
                await Aio.Sleep(3600.Seconds());
            },
            s_three));
        await Aio.Sleep(2.Milliseconds());
        task.Cancel();
        await ThrowsAsync<CancelledException>(AwaitAsync(task));
    });

    /// <summary>Guarantee G-134.</summary>
    [Fact]
    public void LoopGroup_ALoopIsStopped_FailsAsAWhole()
    {
        AggregateException errors = Assert.Throws<AggregateException>(() => LoopGroup.Run(
            async Coroutine (group) =>
            {
                // Nothing of the group is on the loop that ends: only its end tells.
                _ = group.CreateTask(group.Loops[2], () => Aio.Sleep(30.Seconds()));
                group.Loops[1].CallSoonThreadSafe(group.Loops[1].Stop);
                await Aio.Sleep(30.Seconds());
            },
            s_three));
        Assert.Contains("stopped by itself", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void LoopGroup_ErrorOfATaskThatNobodyAwaits_GoesToTheHandler()
    {
        var seen = new System.Collections.Concurrent.ConcurrentQueue<Exception?>();
        LoopGroup.Run(
            async Coroutine (group) => await group.RunOnAsync(group.Loops[1], async Coroutine () =>
            {
                EventLoop.Running.CallSoon(() => throw new ArithmeticException());
                await Aio.Yield();
            }),
            new LoopGroupOptions { Count = 2, ExceptionHandler = (_, context) => seen.Enqueue(context.Exception) });
        Assert.IsType<ArithmeticException>(Assert.Single(seen));
    }

    [Fact]
    public void RunOnAsync_ContextOfTheCaller_FlowsThere() => LoopGroup.Run(
        async Coroutine (group) =>
        {
            var local = new AsyncLocal<int> { Value = 7 };
            Assert.Equal(7, await group.RunOnAsync(group.Loops[1], async Coroutine<int> () => local.Value));
        },
        s_three);

    private static async Coroutine Fail()
    {
        await Aio.Yield();
        throw new ArithmeticException();
    }

    private static async Coroutine AwaitAsync(LoopTask task) => await task;

    private static async Coroutine<TError> ThrowsAsync<TError>(Coroutine coroutine)
        where TError : Exception
    {
        try
        {
            await coroutine;
        }
        catch (TError e)
        {
            return e;
        }

        throw new InvalidOperationException($"It did not throw {typeof(TError)}.");
    }

    /// <summary>A cancellation that meets a call whose outcome is under way is for the next await. Guarantee G-130.</summary>
    [Fact]
    public void RunOnAsync_CancelledWhenItHasEndedThere_IsDeliveredAtTheNextAwait() => LoopGroup.Run(
        async Coroutine (group) =>
        {
            using var ended = new ManualResetEventSlim();
            bool hasResult = false;
            LoopTask task = Aio.CreateTask(CallAsync());
            await Aio.Yield();

            // The outcome waits in this loop's inbox while this callback goes on.
            ended.Wait();
            task.Cancel();
            await ThrowsAsync<CancelledException>(AwaitAsync(task));
            Assert.True(hasResult);

            async Coroutine CallAsync()
            {
                await group.RunOnAsync(group.Loops[1], async Coroutine () => SetLater(group.Loops[1], 10));
                hasResult = true;
                await Aio.Sleep(30.Seconds());
            }

            void SetLater(EventLoop loop, int turns)
            {
                if (turns == 0)
                {
                    ended.Set();
                    return;
                }

                loop.CallSoon(() => SetLater(loop, turns - 1));
            }
        },
        s_three);

    [Fact]
    public void LoopGroup_CancelledWhileItsLoopsEnd_EndsThemAndIsCancelled() => Aio.Run(async Coroutine () =>
    {
        using var ending = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        LoopTask block = Aio.CreateTask(Aio.LoopGroup(
            async Coroutine (group) =>
            {
                using var waits = new ManualResetEventSlim();
                group.Loops[1].CallSoonThreadSafe(() => group.Loops[1].CreateTask(LeaveLateAsync(waits)));
                await Aio.ToThread(() => waits.Wait());
            },
            s_three));
        await Aio.ToThread(() => ending.Wait());
        block.Cancel();
        await Aio.Yield();
        Assert.False(block.IsDone);
        go.Set();
        await ThrowsAsync<CancelledException>(AwaitAsync(block));

        async Coroutine LeaveLateAsync(ManualResetEventSlim waits)
        {
            try
            {
                waits.Set();
                await Aio.Sleep(3600.Seconds());
            }
            finally
            {
                ending.Set();
                go.Wait();
            }
        }
    });

    [Fact]
    public void RunOnAsync_LoopsHaveEnded_EachCallWasCountedOnce() => Aio.Run(async Coroutine () =>
    {
        await Aio.LoopGroup(
            async Coroutine (group) =>
            {
                for (int i = 0; i < 10; i++)
                {
                    await group.RunOnAsync(group.Loops[1 + (i % 2)], () => Aio.Sleep(TimeSpan.Zero));
                }
            },
            s_three);
        for (int i = 0; i < 3; i++)
        {
            await Aio.Yield();
        }

        Assert.Equal(0, EventLoop.Running.ForeignWaits);
    });
}
