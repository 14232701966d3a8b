using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>Cancellation tokens, out of a task and into it.</summary>
public class TaskTokenTests
{
    [Fact]
    public void BclCall_WithTheToken_EndsTheTaskAsCancelled() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(BclWait());
        await Turns();
        task.Cancel("why");
        CancelledException error = await Throws<CancelledException>(task);
        Assert.True(task.IsCancelled);
        Assert.Equal("why", error.CancelMessage);
        Assert.IsAssignableFrom<OperationCanceledException>(error.InnerException);
    });

    [Fact]
    public void BclCall_WithTheToken_CleanUpIsNotCancelledAgain() => Run(async () =>
    {
        string log = "";
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.Equal("cleaned up", log);

        async Coroutine Work()
        {
            try
            {
                await BclWait();
            }
            finally
            {
                await Aio.Sleep(1.Seconds());
                await Aio.Yield();
                log = "cleaned up";
            }
        }
    });

    [Fact]
    public void BclCall_WithATokenReadLongBefore_IsReachedToo() => Run(async () =>
    {
        int caught = 0;
        LoopTask task = Aio.CreateTask(Work());
        await Aio.Sleep(2.Seconds());
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.Equal(1, caught);

        async Coroutine Work()
        {
            CancellationToken token = Aio.CancellationToken;
            await Aio.Sleep(1.Seconds());
            try
            {
                await Never(token);
            }
            catch (OperationCanceledException)
            {
                caught++;
                await Aio.Sleep(1.Seconds());
                throw;
            }
        }
    });

    [Fact]
    public void BclCall_ThatEndsWellInSpiteOfTheToken_LeavesTheRequestForTheNextAwait() => Run(async () =>
    {
        var source = new TaskCompletionSource<int>();
        int result = 0;
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel();
        source.SetResult(5);
        await Throws<CancelledException>(task);
        Assert.Equal(5, result);

        async Coroutine Work()
        {
            _ = Aio.CancellationToken;
            result = await source.Task;
            await Aio.Sleep(100.Seconds());
        }
    });

    [Fact]
    public void BclCall_ThatEndsWellInSpiteOfTheToken_AsTheLastOne_CancelsTheTask() => Run(async () =>
    {
        var source = new TaskCompletionSource<int>();
        LoopTask<int> task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel();
        source.SetResult(5);
        await Throws<CancelledException>(task);

        async Coroutine<int> Work()
        {
            _ = Aio.CancellationToken;
            return await source.Task;
        }
    });

    [Fact]
    public void BclCall_WithoutTheToken_RunsToItsEndAndTheNextAwaitIsCancelled() => Run(async () =>
    {
        var source = new TaskCompletionSource();
        string log = "";
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel();
        await Turns(3);
        Assert.False(task.IsDone);
        source.SetResult();
        await Throws<CancelledException>(task);
        Assert.Equal("went on", log);

        async Coroutine Work()
        {
            await source.Task;
            log = "went on";
            await Aio.Yield();
            log = "not reached";
        }
    });

    /// <summary>As HttpClient does at its own timeout: nobody has cancelled the task.</summary>
    [Fact]
    public void BclCall_ThatCancelsItself_FailsTheTask() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Work());
        await Throws<TaskCanceledException>(task);
        Assert.True(task.IsFaulted);
        Assert.False(task.IsCancelled);

        static async Coroutine Work()
        {
            _ = Aio.CancellationToken;
            await Task.FromException(new TaskCanceledException("own timeout"));
        }
    });

    [Fact]
    public void Token_WhileARequestWaits_IsCancelledAlready() => Run(async () =>
    {
        int caught = 0;
        LoopTask task = Aio.CreateTask(Work());
        await Throws<CancelledException>(task);
        Assert.Equal(1, caught);

        async Coroutine Work()
        {
            Aio.CurrentTask!.Cancel();
            CancellationToken token = Aio.CancellationToken;
            Assert.True(token.IsCancellationRequested);
            try
            {
                await Never(token);
            }
            catch (OperationCanceledException)
            {
                caught++;
                await Aio.Sleep(1.Seconds());
                throw;
            }
        }
    });

    [Fact]
    public void Token_AfterARequestWasDealtWith_IsANewOne() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel();
        await Aio.Sleep(1.Seconds());
        task.Cancel();
        Assert.Equal(2, await task);

        static async Coroutine<int> Work()
        {
            int caught = 0;
            CancellationToken last = default;
            while (caught < 2)
            {
                CancellationToken token = Aio.CancellationToken;
                Assert.NotEqual(last, token);
                Assert.False(token.IsCancellationRequested);
                last = token;
                try
                {
                    await Never(token);
                }
                catch (OperationCanceledException)
                {
                    Assert.True(token.IsCancellationRequested);
                    caught++;
                }
            }

            return caught;
        }
    });

    [Fact]
    public void Token_WithoutARequest_IsTheSameAtEachRead() => Run(async () =>
    {
        CancellationToken token = Aio.CancellationToken;
        Assert.True(token.CanBeCanceled);
        await Aio.Yield();
        Assert.Equal(token, Aio.CancellationToken);
        Assert.Equal(token, Aio.CurrentTask!.CancellationToken);
    });

    [Fact]
    public void Token_OfADoneTask_TellsWhetherItWasCancelled() => Run(async () =>
    {
        LoopTask done = Aio.CreateTask(default(Coroutine));
        LoopTask cancelled = Aio.CreateTask(Forever());
        cancelled.Cancel();
        await Aio.Wait([done, cancelled]);
        Assert.False(done.CancellationToken.IsCancellationRequested);
        Assert.True(cancelled.CancellationToken.IsCancellationRequested);
    });

    [Fact]
    public void Token_IsCancelledWhenTheTaskWaitsForSomethingOfTheLibrary() => Run(async () =>
    {
        CancellationToken token = default;
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel();
        Assert.True(token.IsCancellationRequested);
        await Throws<CancelledException>(task);

        async Coroutine Work()
        {
            token = Aio.CancellationToken;
            await Forever();
        }
    });

    [Fact]
    public void CallbackOfTheToken_ThatThrows_IsReported()
    {
        List<ExceptionContext> reports = Reports(async () =>
        {
            LoopTask task = Aio.CreateTask(Forever());
            await Turns();
            task.CancellationToken.Register(() => throw new FormatException());
            task.Cancel();
            await Throws<CancelledException>(task);
        });
        Assert.IsType<FormatException>(Assert.IsType<AggregateException>(Assert.Single(reports).Exception).InnerException);
    }

    [Fact]
    public void CallbackOfTheToken_ThatCancelsAgain_CountsAsOneMoreRequest() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Forever());
        await Turns();
        task.CancellationToken.Register(() => task.Cancel());
        task.Cancel();
        Assert.Equal(2, task.Cancelling());
        await Throws<CancelledException>(task);
    });

    [Fact]
    public void TimeoutAroundABclCall_IsATimeout() => Run(async () =>
    {
        TimeoutException error = await Throws<TimeoutException>(
            () => Aio.Timeout(1.Milliseconds(), async _ => await Never(Aio.CancellationToken)));
        Assert.IsAssignableFrom<OperationCanceledException>(error.InnerException);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    /// <summary>In a block of its own the exception of the BCL reaches the next await of another task as
    /// Gyre's.</summary>
    [Fact]
    public void ParentOfATaskThatTheTokenEnded_IsCancelledToo() => Run(async () =>
    {
        LoopTask child = Aio.CreateTask(BclWait());
        LoopTask parent = Aio.CreateTask(Wait(child));
        await Turns(2);
        child.Cancel();
        await Throws<CancelledException>(parent);
        Assert.True(parent.IsCancelled);

        static async Coroutine Wait(LoopTask child) => await child;
    });

    [Fact]
    public void CreateTask_WithAToken_CancelsTheTaskFromAnyThread() => Run(async () =>
    {
        using var source = new CancellationTokenSource();
        LoopTask task = Aio.CreateTask(Forever(), cancellationToken: source.Token);
        await Turns();
        await Task.Run(source.Cancel);
        await Throws<CancelledException>(task);
        Assert.Equal(1, task.Cancelling());
    });

    [Fact]
    public void CreateTask_WithATokenThatIsCancelled_DoesNotRun() => Run(async () =>
    {
        bool ran = false;
        LoopTask task = Aio.CreateTask(Work(), cancellationToken: new CancellationToken(true));
        await Throws<CancelledException>(task);
        Assert.False(ran);

        async Coroutine Work()
        {
            ran = true;
            await Aio.Yield();
        }
    });

    [Fact]
    public void CreateTask_WithATokenThatFiresAfterItsEnd_IsNotTouched() => Run(async () =>
    {
        using var source = new CancellationTokenSource();
        LoopTask<int> task = Aio.CreateTask(Aio.Sleep(TimeSpan.Zero, 3), cancellationToken: source.Token);
        await task;
        source.Cancel();
        await Turns(3);
        Assert.Equal(3, task.Result);
        Assert.Equal(0, task.Cancelling());
    });

    [Fact]
    public async Task CreateTask_WithOneTokenForMany_CancelsThemAll()
    {
        using var running = new RunningLoop();
        using var source = new CancellationTokenSource();
        Task[] tasks = running.Call(() => Enumerable.Range(0, 100)
            .Select(_ => running.Loop.CreateTask(Forever(), cancellationToken: source.Token).AsTask()).ToArray());
        source.Cancel();
        await Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.All(tasks, task => Assert.True(task.IsCanceled));
    }

    private static async Coroutine BclWait() => await Never(Aio.CancellationToken);

    private static Task Never(CancellationToken token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
}
