using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>What becomes of what a task waits for when the task is cancelled.</summary>
public partial class TaskCancellationTests
{
    /// <summary>CPython: BaseTaskTests.test_task_cancel_waiter_future.</summary>
    [Fact]
    public void Cancel_OfATaskThatWaitsForAFuture_CancelsTheFutureAtOnce() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask task = Aio.CreateTask(Wait(future));
        await Turns();
        task.Cancel();
        Assert.True(future.IsCancelled);
        Assert.False(task.IsDone);
        await Throws<CancelledException>(task);
        Assert.True(task.IsCancelled);
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_both_task_and_inner_future.</summary>
    [Fact]
    public void Cancel_OfTheFutureAndThenOfTheTask_EndsBothAsCancelled() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask task = Aio.CreateTask(Wait(future));
        await Turns();
        Assert.True(future.Cancel());
        Assert.True(task.Cancel());
        await Throws<CancelledException>(task);
        Assert.True(future.IsCancelled);
        Assert.True(task.IsCancelled);
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_task_catching.</summary>
    [Fact]
    public void Cancel_AtItsSecondAwait_CancelsTheSecondFutureAndLeavesTheResult() => Run(async () =>
    {
        Future<int> first = EventLoop.Running.CreateFuture<int>();
        Future<int> second = EventLoop.Running.CreateFuture<int>();
        LoopTask<int> task = Aio.CreateTask(Work());
        await Turns();
        first.SetResult(1);
        await Turns();
        task.Cancel();
        Assert.True(second.IsCancelled);
        Assert.Equal(42, await task);
        Assert.False(task.IsCancelled);
        Assert.Equal(1, first.Result);

        async Coroutine<int> Work()
        {
            await first;
            try
            {
                return await second;
            }
            catch (CancelledException)
            {
                return 42;
            }
        }
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_task_ignoring.</summary>
    [Fact]
    public void Cancel_ThatIsIgnored_DoesNotReachTheNextFuture() => Run(async () =>
    {
        Future<int> second = EventLoop.Running.CreateFuture<int>();
        Future<int> third = EventLoop.Running.CreateFuture<int>();
        LoopTask<int> task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel();
        Assert.True(second.IsCancelled);
        await Turns();
        Assert.False(third.IsDone);
        third.SetResult(42);
        Assert.Equal(42, await task);
        Assert.False(task.IsCancelled);

        async Coroutine<int> Work()
        {
            try
            {
                await second;
            }
            catch (CancelledException)
            {
                // Swallowed: that is what is tried here.
            }

            return await third;
        }
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_awaited_task.</summary>
    [Fact]
    public void Cancel_OfItself_ReachesTheTaskThatItAwaitsNext() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask? nested = null;
        LoopTask task = Aio.CreateTask(Work());
        await Throws<CancelledException>(task);
        Assert.True(task.IsCancelled);
        Assert.True(nested!.IsCancelled);
        Assert.True(future.IsCancelled);

        async Coroutine Work()
        {
            nested = Aio.CreateTask(Wait(future));
            await Turns();
            Aio.CurrentTask!.Cancel();
            await nested;
        }
    });

    /// <summary>CPython: BaseTaskTests.test_yield_future_passes_cancel.</summary>
    [Fact]
    public void Cancel_OfATaskInsideItsCoroutines_ArrivesAtTheInnermostFirst() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        var log = new List<string>();
        LoopTask task = Aio.CreateTask(Outer());
        await Turns();
        task.Cancel();
        await task;
        Assert.Equal(["inner", "outer"], log);
        Assert.True(future.IsCancelled);
        Assert.False(task.IsCancelled);

        async Coroutine Inner()
        {
            try
            {
                await future;
                log.Add("not reached");
            }
            catch (CancelledException)
            {
                log.Add("inner");
                throw;
            }
        }

        async Coroutine Outer()
        {
            try
            {
                await Inner();
                log.Add("not reached");
            }
            catch (CancelledException)
            {
                log.Add("outer");
            }
        }
    });

    /// <summary>CPython: BaseTaskTests.test_cancelling.</summary>
    [Fact]
    public void Cancelling_OfATaskThatHasNotBegun_CountsEachRequest() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Forever());
        Assert.Equal(0, task.Cancelling());
        Assert.DoesNotContain("cancelling", task.ToString(), StringComparison.Ordinal);
        Assert.True(task.Cancel());
        Assert.Equal(1, task.Cancelling());
        Assert.Contains("cancelling", task.ToString(), StringComparison.Ordinal);
        Assert.True(task.Cancel());
        Assert.Equal(2, task.Cancelling());
        await Throws<CancelledException>(task);
    });

    /// <summary>CPython: BaseTaskTests.test_stop_while_run_in_complete.</summary>
    [Fact]
    public void Cancel_OfATaskWhoseLoopWasStopped_ArrivesInTheNextRun()
    {
        using var test = new TestLoop();
        int count = 0;
        LoopTask task = test.Loop.CreateTask(Count());
        Assert.Throws<InvalidOperationException>(() => test.Loop.RunUntilComplete(task));
        Assert.False(task.IsDone);
        Assert.Equal(2, count);
        task.Cancel();
        Assert.Throws<CancelledException>(() => test.Loop.RunUntilComplete(task));
        Assert.Equal(2, count);

        async Coroutine Count()
        {
            while (count < 10)
            {
                await Aio.Sleep(0.1.Seconds());
                if (++count == 2)
                {
                    test.Loop.Stop();
                }
            }
        }
    }

    private static async Coroutine Wait(Future future) => await future;
}
