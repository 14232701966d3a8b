using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public partial class TaskCancellationTests
{
    /// <summary>CPython: BaseTaskTests.test_cancel_at_end. Rule 2: the result is lost.</summary>
    [Fact]
    public void Cancel_OfItselfWithoutAnotherAwait_LosesTheResult() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Work());
        await Throws<CancelledException>(task);
        Assert.True(task.IsCancelled);

        static async Coroutine<int> Work()
        {
            await Aio.Yield();
            Aio.CurrentTask!.Cancel();
            return 12;
        }
    });

    [Fact]
    public void Cancel_OfItselfThenAnError_IsTheError() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Work());
        await Throws<FormatException>(task);
        Assert.True(task.IsFaulted);

        static async Coroutine Work()
        {
            await Aio.Yield();
            Aio.CurrentTask!.Cancel();
            throw new FormatException();
        }
    });

    [Fact]
    public void Cancel_OfItself_PassesOverWhatNeedsNoWait() => Run(async () =>
    {
        string log = "";
        LoopTask task = Aio.CreateTask(Work());
        await Throws<CancelledException>(task);
        Assert.Equal("done future, done task, coroutine ", log);

        async Coroutine Work()
        {
            Future<int> done = EventLoop.Running.CreateFuture<int>();
            done.SetResult(1);
            Aio.CurrentTask!.Cancel();
            await done;
            log += "done future, ";
            await Task.CompletedTask;
            log += "done task, ";
            await default(Coroutine);
            log += "coroutine ";
            await Aio.Yield();
            log += "not reached";
        }
    });

    /// <summary>Rule 2: a request that finds the future done replaces what the await would give.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cancel_WhenTheFutureHasJustEnded_ReplacesItsOutcome(bool fails) => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask<int> task = Aio.CreateTask(Wait());
        await Turns();
        if (fails)
        {
            future.SetException(new FormatException());
        }
        else
        {
            future.SetResult(1);
        }

        task.Cancel("late");
        Assert.Equal("late", (await Throws<CancelledException>(task)).CancelMessage);
        _ = future.Exception;

        async Coroutine<int> Wait() => await future;
    });

    [Fact]
    public void Cancel_OfAChainOfTasks_EndsAllOfThemFromTheInnermost() => Run(async () =>
    {
        var log = new List<string>();
        LoopTask inner = Aio.CreateTask(Work("inner", Forever()));
        LoopTask middle = Aio.CreateTask(Work("middle", Wait(inner)));
        LoopTask outer = Aio.CreateTask(Work("outer", Wait(middle)));
        await Turns(3);
        outer.Cancel("why");
        Assert.Equal([1, 1, 1], new[] { outer.Cancelling(), middle.Cancelling(), inner.Cancelling() }.AsSpan());
        Assert.Equal("why", (await Throws<CancelledException>(outer)).CancelMessage);
        Assert.Equal(["inner", "middle", "outer"], log);
        Assert.True(inner.IsCancelled && middle.IsCancelled && outer.IsCancelled);

        async Coroutine Work(string name, Coroutine body)
        {
            try
            {
                await body;
            }
            finally
            {
                log.Add(name);
            }
        }

        static async Coroutine Wait(LoopTask task) => await task;
    });

    [Fact]
    public void Cancel_ThatTheInnerTaskSwallows_GivesTheOuterItsResult() => Run(async () =>
    {
        LoopTask<int> inner = Aio.CreateTask(Swallow());
        LoopTask<int> outer = Aio.CreateTask(Wait(inner));
        await Turns(2);
        outer.Cancel();
        Assert.Equal(5, await outer);
        Assert.False(outer.IsCancelled);
        Assert.Equal(1, outer.Cancelling());

        static async Coroutine<int> Swallow()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                // Swallowed: that is what is tried here.
            }

            return 5;
        }

        static async Coroutine<int> Wait(LoopTask<int> task) => await task;
    });

    [Fact]
    public void Cancel_OfAChainOf100000Tasks_NeedsNoStack() => Run(async () =>
    {
        LoopTask innermost = Aio.CreateTask(Forever());
        LoopTask task = innermost;
        for (int i = 0; i < 100_000; i++)
        {
            task = Aio.CreateTask(Wait(task));
        }

        await Turns(2);
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.True(innermost.IsCancelled);

        static async Coroutine Wait(LoopTask task) => await task;
    });

    [Fact]
    public void Cancel_WhileItCleansUp_InterruptsTheCleanUp() => Run(async () =>
    {
        string log = "";
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel("first");
        await Turns(2);
        task.Cancel("second");
        Assert.Equal("second", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.Equal("cleaning interrupted", log);

        async Coroutine Work()
        {
            try
            {
                await Forever();
            }
            finally
            {
                log += "cleaning ";
                try
                {
                    await Aio.Sleep(10.Seconds());
                }
                finally
                {
                    log += "interrupted";
                }
            }
        }
    });

    [Fact]
    public void Cancel_OfADoneTask_DoesNothing() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Aio.Sleep(TimeSpan.Zero, 1));
        await task;
        Assert.False(task.Cancel());
        Assert.Equal(0, task.Cancelling());
        Assert.Equal(1, task.Result);
    });
}
