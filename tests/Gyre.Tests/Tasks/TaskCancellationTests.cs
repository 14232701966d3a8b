using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public partial class TaskCancellationTests
{
    /// <summary>CPython: BaseTaskTests.test_cancel.</summary>
    [Fact]
    public void Cancel_OfAWaitingTask_ThrowsAtItsAwait() => Run(async () =>
    {
        string log = "";
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        Assert.True(task.Cancel());
        Assert.False(task.IsDone);
        Assert.Equal(1, task.Cancelling());
        await Throws<CancelledException>(task);
        Assert.True(task.IsCancelled);
        Assert.Equal("caught finally ", log);
        Assert.False(task.Cancel());
        Assert.Throws<CancelledException>(() => task.Exception);

        async Coroutine Work()
        {
            try
            {
                await Aio.Sleep(10.Seconds());
            }
            catch (OperationCanceledException)
            {
                log += "caught ";
                throw;
            }
            finally
            {
                log += "finally ";
            }
        }
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_with_message_before_starting_task.</summary>
    [Fact]
    public void Cancel_BeforeTheFirstStep_EndsItWithoutRunning() => Run(async () =>
    {
        bool ran = false;
        LoopTask task = Aio.CreateTask(Work());
        task.Cancel("early");
        Assert.False(task.IsDone);
        Assert.Equal("early", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.False(ran);
        Assert.True(task.IsCancelled);

        async Coroutine Work()
        {
            ran = true;
            await Aio.Yield();
        }
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_inner_future.</summary>
    [Fact]
    public void Cancel_OfTheFutureItWaitsFor_ReachesTheTask() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask<int> task = Aio.CreateTask(Work());
        await Turns();
        future.Cancel();
        Assert.Equal(42, await task);
        Assert.False(task.IsCancelled);

        async Coroutine<int> Work()
        {
            try
            {
                return await future;
            }
            catch (CancelledException)
            {
                return 42;
            }
        }
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_both_task_and_inner_future.</summary>
    [Fact]
    public void Cancel_OfBothTheFutureAndTheTask_ArrivesOnce() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        int caught = 0;
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        future.Cancel();
        task.Cancel();
        await task;
        Assert.Equal(1, caught);
        Assert.False(task.IsCancelled);

        async Coroutine Work()
        {
            for (int i = 0; i < 2; i++)
            {
                try
                {
                    await (i == 0 ? future : Aio.Shield(Aio.Sleep(1.Seconds(), 1)));
                }
                catch (CancelledException)
                {
                    caught++;
                }
            }
        }
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_task_catching.</summary>
    [Fact]
    public void Cancel_ThatIsCaught_LeavesTheTaskItsResult() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel();
        Assert.Equal(42, await task);
        Assert.False(task.IsCancelled);
        Assert.Equal(1, task.Cancelling());

        static async Coroutine<int> Work()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                // Swallowed: that is what is tried here.
            }

            return 42;
        }
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_task_ignoring.</summary>
    [Fact]
    public void Cancel_ThatIsIgnored_LetsTheTaskWaitAgain() => Run(async () =>
    {
        Future<int> second = EventLoop.Running.CreateFuture<int>();
        LoopTask<int> task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel();
        await Turns(3);
        Assert.False(task.IsDone);
        second.SetResult(42);
        Assert.Equal(42, await task);

        async Coroutine<int> Work()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                // Swallowed: that is what is tried here.
            }

            return await second;
        }
    });

    [Fact]
    public void Cancel_AgainAndAgain_IsDeliveredEachTime() => Run(async () =>
    {
        int caught = 0;
        LoopTask task = Aio.CreateTask(Work());
        for (int i = 1; i <= 5; i++)
        {
            await Turns(2);
            task.Cancel();
            await Turns(2);
            Assert.Equal(i, caught);
            Assert.Equal(i, task.Cancelling());
        }

        await task;

        async Coroutine Work()
        {
            while (caught < 5)
            {
                try
                {
                    await Forever();
                }
                catch (CancelledException)
                {
                    caught++;
                }
            }
        }
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_current_task.</summary>
    [Fact]
    public void Cancel_OfItself_ArrivesAtTheNextAwait() => Run(async () =>
    {
        string log = "";
        LoopTask task = Aio.CreateTask(Work());
        await Throws<CancelledException>(task);
        Assert.Equal("after cancel ", log);
        Assert.True(task.IsCancelled);
        Assert.Equal(TimeSpan.Zero, EventLoop.Running.Time);

        async Coroutine Work()
        {
            Assert.True(Aio.CurrentTask!.Cancel());
            log += "after cancel ";
            await Aio.Sleep(100.Seconds());
            log += "not reached";
        }
    });
}
