using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Guarantees;

/// <summary>Clauses of docs/guarantees.md on requests to cancel. Those on scopes are tested with the scopes.</summary>
public class CancellationTests
{
    /// <summary>Guarantee G-40.</summary>
    [Fact]
    public void Cancel_OfATaskThatWaitsForTasks_ReachesTheInnermostAndWaitsForItsCleanUp() => Run(async () =>
    {
        var log = new List<string>();
        TimeSpan start = EventLoop.Running.Time;
        LoopTask inner = Aio.CreateTask(Level("inner", Forever));
        LoopTask middle = Aio.CreateTask(Level("middle", async () => await inner));
        LoopTask outer = Aio.CreateTask(Level("outer", async () => await middle));
        await Turns(3);
        Assert.True(outer.Cancel("enough"));
        CancelledException error = await Throws<CancelledException>(outer);
        Assert.Equal("enough", error.CancelMessage);
        Assert.Equal(["inner at 0", "middle at 1", "outer at 2"], log);
        Assert.True(inner.IsCancelled && middle.IsCancelled && outer.IsCancelled);

        async Coroutine Level(string name, Func<Coroutine> wait)
        {
            try
            {
                await wait();
            }
            catch (CancelledException)
            {
                log.Add($"{name} at {(EventLoop.Running.Time - start).TotalSeconds}");
                await Aio.Sleep(1.Seconds());
                throw;
            }
        }
    });

    /// <summary>Guarantee G-41.</summary>
    [Fact]
    public void Cancel_ThatFindsNothingToCancel_IsDeliveredOnceAtTheNextAwaitThatWaits() => Run(async () =>
    {
        int delivered = 0;
        LoopTask task = Aio.CreateTask(CancelItself());
        await task;
        Assert.Equal(1, delivered);
        Assert.Equal(1, task.Cancelling());

        async Coroutine CancelItself()
        {
            Aio.CurrentTask!.Cancel();
            await Task.CompletedTask;
            try
            {
                await Aio.Sleep(1.Seconds());
            }
            catch (CancelledException)
            {
                delivered++;
            }

            await Aio.Sleep(1.Seconds());
            await Aio.Yield();
        }
    });

    /// <summary>Guarantee G-41.</summary>
    [Fact]
    public void Cancel_OfATaskWhoseResultHasCome_IsNotLost() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask<int> task = Aio.CreateTask(Take());
        await Turns();
        future.SetResult(1);
        Assert.True(task.Cancel());
        await Throws<CancelledException>(task);

        async Coroutine<int> Take() => await future;
    });

    /// <summary>Guarantee G-41.</summary>
    [Fact]
    public void Cancel_OfATaskThatReturnsWithoutAnotherAwait_EndsItAsCancelled() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(CancelItself());
        await Throws<CancelledException>(task);
        Assert.True(task.IsCancelled);

        static async Coroutine<int> CancelItself()
        {
            Aio.CurrentTask!.Cancel();
            await Task.CompletedTask;
            return 1;
        }
    });

    /// <summary>Guarantee G-42.</summary>
    [Fact]
    public void Cancel_BeforeTheFirstStep_RunsNothing() => Run(async () =>
    {
        bool ran = false;
        LoopTask task = Aio.CreateTask(Body());
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.False(ran);

        async Coroutine Body()
        {
            ran = true;
            await Aio.Yield();
        }
    });

    /// <summary>Guarantee G-43.</summary>
    [Fact]
    public void Cancel_OfWhatIsDone_IsFalseAndChangesNothing() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Aio.Sleep(1.Seconds(), 5));
        Assert.Equal(5, await task);
        Assert.False(task.Cancel());
        Assert.Equal(0, task.Cancelling());
        Assert.Equal(5, task.Result);
    });

    /// <summary>Guarantee G-44.</summary>
    [Theory]
    [InlineData("timeout")]
    [InlineData("wait for")]
    [InlineData("group")]
    public void Block_ThatCancelsItsOwnTask_LeavesNoRequestBehind(string block) => Run(async () =>
    {
        Exception? error = null;
        try
        {
            await Block(block, Forever);
        }
        catch (Exception e)
        {
            error = e;
        }

        Assert.True(error is TimeoutException or AggregateException);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
        await Aio.Sleep(1.Seconds());
    });

    /// <summary>Guarantee G-44.</summary>
    [Theory]
    [InlineData("timeout", false)]
    [InlineData("wait for", false)]
    [InlineData("group", true)]
    public void Block_AndAnotherRequest_TheOtherIsNotSwallowed(string block, bool errorsFirst) => Run(async () =>
    {
        Type? left = null;
        bool nextCancelled = false;
        LoopTask task = Aio.CreateTask(Body());
        await Aio.Sleep(1.5.Seconds());

        // The block has asked, its body cleans up, and now another request comes.
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.Equal(errorsFirst ? typeof(AggregateException) : typeof(CancelledException), left);
        Assert.Equal(errorsFirst, nextCancelled);
        Assert.Equal(1, task.Cancelling());

        async Coroutine Body()
        {
            try
            {
                await Block(block, SlowCleanUp);
            }
            catch (Exception e)
            {
                left = e.GetType();
                if (e is CancelledException)
                {
                    throw;
                }
            }

            try
            {
                await Aio.Sleep(10.Seconds());
            }
            catch (CancelledException)
            {
                nextCancelled = true;
                throw;
            }
        }

        static async Coroutine SlowCleanUp()
        {
            try
            {
                await Forever();
            }
            finally
            {
                await Aio.Sleep(1.Seconds());
            }
        }
    });

    /// <summary>Guarantee G-45.</summary>
    [Fact]
    public void Timeout_Expired_LeavesWhenTheBodyHasCleanedUp() => Run(async () =>
    {
        TimeSpan start = EventLoop.Running.Time;
        int requests = 0;
        await Throws<TimeoutException>(() => Aio.Timeout(1.Seconds(), async _ =>
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                requests++;
                await Aio.Sleep(5.Seconds());
                throw;
            }
        }));
        Assert.Equal(1, requests);
        Assert.Equal(6.Seconds(), EventLoop.Running.Time - start);
    });

    /// <summary>Guarantee G-45.</summary>
    [Fact]
    public void Timeout_ResultInTheSameMoment_Stands() => Run(async () =>
    {
        int result = await Aio.Timeout(1.Seconds(), async scope =>
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                // The body has decided to return all the same.
                Assert.True(scope.IsExpired);
            }

            return 7;
        });
        Assert.Equal(7, result);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    /// <summary>Guarantee G-46.</summary>
    [Fact]
    public void WaitFor_TimedOut_ReturnsWhenWhatItAwaitedHasEnded() => Run(async () =>
    {
        bool cleanedUp = false;
        LoopTask task = Aio.CreateTask(Stubborn());
        await Throws<TimeoutException>(() => Aio.WaitFor(task, 1.Seconds()));
        Assert.True(cleanedUp && task.IsCancelled);

        bool began = false;
        await Throws<TimeoutException>(() => Aio.WaitFor(Begin(), TimeSpan.Zero));
        Assert.False(began);

        async Coroutine Stubborn()
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

        async Coroutine Begin()
        {
            began = true;
            await Aio.Yield();
        }
    });

    /// <summary>Guarantee G-47.</summary>
    [Fact]
    public void Token_GivenToABclCall_DeliversTheRequestOnce() => Run(async () =>
    {
        int afterwards = 0;
        LoopTask task = Aio.CreateTask(Call());
        await Turns();
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.Equal(1, afterwards);

        async Coroutine Call()
        {
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(Aio.CancellationToken);
            }
            finally
            {
                // Delivered once: clean-up may wait.
                await Aio.Sleep(1.Seconds());
                afterwards++;
            }
        }
    });

    /// <summary>Guarantee G-47.</summary>
    [Fact]
    public void Token_GivenToABclCallThatEndsWell_LeavesTheRequestToTheNextAwait() => Run(async () =>
    {
        int result = 0;
        LoopTask task = Aio.CreateTask(Call());
        await Turns();
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.Equal(3, result);

        async Coroutine Call()
        {
            var source = new TaskCompletionSource<int>();
            using (Aio.CancellationToken.Register(() => source.SetResult(3)))
            {
                result = await source.Task;
            }

            await Aio.Sleep(1.Seconds());
            result = 0;
        }
    });

    /// <summary>Guarantee G-48.</summary>
    [Fact]
    public void Cancel_DuringABclAwaitWithoutTheToken_IsDeliveredAtTheNextAwait() => Run(async () =>
    {
        var source = new TaskCompletionSource<int>();
        int result = 0;
        LoopTask task = Aio.CreateTask(Call());
        await Turns();
        task.Cancel();
        await Turns(3);
        Assert.False(task.IsDone);
        source.SetResult(3);
        await Throws<CancelledException>(task);
        Assert.Equal(3, result);

        async Coroutine Call()
        {
            result = await source.Task;
            await Aio.Sleep(1.Seconds());
            result = 0;
        }
    });

    /// <summary>Guarantee G-49.</summary>
    [Fact]
    public async Task TokenOfTheCaller_CancelledOnAnotherThread_CancelsTheTask()
    {
        using var running = new RunningLoop();
        using var source = new CancellationTokenSource();
        Task task = running.Call(
            () => running.Loop.CreateTask(Forever(), cancellationToken: source.Token).AsTask());
        await source.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => task);
    }

    /// <summary>A block that asks its body to end after one second.</summary>
    private static async Coroutine Block(string block, Func<Coroutine> body)
    {
        switch (block)
        {
            case "timeout":
                await Aio.Timeout(1.Seconds(), async _ => await body());
                break;
            case "wait for":
                await Aio.WaitFor(body(), 1.Seconds());
                break;
            default:
                await Aio.TaskGroup(async group =>
                {
                    _ = group.CreateTask(FailAfterASecond());
                    await body();
                });
                break;
        }
    }

    private static async Coroutine FailAfterASecond()
    {
        await Aio.Sleep(1.Seconds());
        throw new FormatException();
    }
}
