using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public class UncancelTests
{
    /// <summary>CPython: BaseTaskTests.test_uncancel_basic.</summary>
    [Fact]
    public void Uncancel_TakesOneRequestBack() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        Assert.Equal(0, task.Cancelling());
        Assert.Equal(0, task.Uncancel());
        task.Cancel();
        task.Cancel();
        Assert.Equal(2, task.Cancelling());
        Assert.Equal(1, task.Uncancel());
        Assert.Equal(1, task.Cancelling());
        await task;
        Assert.Equal(0, task.Cancelling());
        Assert.Equal(0, task.Uncancel());

        static async Coroutine Work()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                while (Aio.CurrentTask!.Uncancel() > 0)
                {
                }

                await Aio.Sleep(1.Seconds());
            }
        }
    });

    /// <summary>CPython: BaseTaskTests.test_uncancel_resets_must_cancel.</summary>
    [Fact]
    public void Uncancel_ToZero_DropsTheRequestThatIsNotYetDelivered() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Work());
        Assert.Equal(42, await task);
        Assert.False(task.IsCancelled);

        static async Coroutine<int> Work()
        {
            LoopTask self = Aio.CurrentTask!;
            self.Cancel();
            Assert.Equal(0, self.Uncancel());
            await Aio.Sleep(1.Seconds());
            return 42;
        }
    });

    [Fact]
    public void Uncancel_NotToZero_KeepsTheRequestThatIsNotYetDelivered() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Work());
        await Throws<CancelledException>(task);

        static async Coroutine Work()
        {
            LoopTask self = Aio.CurrentTask!;
            self.Cancel();
            self.Cancel();
            Assert.Equal(1, self.Uncancel());
            await Aio.Sleep(1.Seconds());
        }
    });

    [Fact]
    public void Uncancel_BeforeTheFirstStep_LetsTheTaskRun() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Aio.Sleep(1.Seconds(), 7));
        task.Cancel();
        task.Uncancel();
        Assert.Equal(7, await task);
    });

    /// <summary>CPython: BaseTaskTests.test_uncancel_structured_blocks.</summary>
    [Fact]
    public void Uncancel_InAStructuredBlock_TellsItsOwnRequestFromAnother() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Block());
        await Turns();
        Assert.Equal("own request", await Run(Aio.CreateTask(Block()), requests: 1));
        Assert.Equal("outer request", await Run(Aio.CreateTask(Block()), requests: 2));
        task.Cancel();
        await task;

        static async Coroutine<string> Run(LoopTask<string> task, int requests)
        {
            await Turns();
            for (int i = 0; i < requests; i++)
            {
                task.Cancel();
            }

            return await task;
        }

        static async Coroutine<string> Block()
        {
            try
            {
                await Forever();
                return "no request";
            }
            catch (CancelledException)
            {
                return Aio.CurrentTask!.Uncancel() == 0 ? "own request" : "outer request";
            }
        }
    });

    /// <summary>CPython: BaseTaskTests.test_uncancel_basic.</summary>
    [Fact]
    public void Uncancel_OfARequestThatWasSwallowed_LetsTheNextOneEndTheTask() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        Assert.True(task.Cancel());
        Assert.Contains("cancelling", task.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, task.Cancelling());
        Assert.False(task.IsCancelled);
        await Turns(2);
        Assert.DoesNotContain("cancelling", task.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, task.Cancelling());
        Assert.False(task.IsDone);
        Assert.True(task.Cancel());
        Assert.Equal(1, task.Cancelling());
        Assert.False(task.IsCancelled);
        await Throws<CancelledException>(task);
        Assert.True(task.IsCancelled);
        task.Uncancel();
        Assert.True(task.IsCancelled);
        Assert.True(task.IsDone);

        static async Coroutine Work()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                Aio.CurrentTask!.Uncancel();
                await Forever();
            }
        }
    });

    /// <summary>CPython: BaseTaskTests.test_uncancel_resets_must_cancel.</summary>
    [Fact]
    public void Uncancel_WhenTheFutureHasJustEnded_LetsItsResultThrough() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask<int> task = Aio.CreateTask(Wait());
        await Turns();
        future.SetResult(42);
        task.Cancel();
        Assert.Equal(1, task.Cancelling());
        Assert.Equal(0, task.Uncancel());
        Assert.Equal(0, task.Cancelling());
        Assert.Equal(42, await task);

        async Coroutine<int> Wait() => await future;
    });

    /// <summary>A timeout made by hand, of a timer and the count of requests.</summary>
    /// <remarks>CPython: BaseTaskTests.test_uncancel_structured_blocks.</remarks>
    [Theory]
    [InlineData(10, 1, true)]
    [InlineData(0, 10, false)]
    public void Uncancel_InATimeoutMadeByHand_LeavesTheCodeAfterItAlone(int sleep, int timeout, bool expected) =>
        Run(async () =>
        {
            LoopTask<(bool TimedOut, bool Finished)> task = Aio.CreateTask(Block());
            (bool timedOut, bool finished) = await task;
            Assert.Equal(expected, timedOut);
            Assert.Equal(!expected, finished);
            Assert.Equal(0, task.Cancelling());

            async Coroutine<(bool TimedOut, bool Finished)> Block()
            {
                LoopTask self = Aio.CurrentTask!;
                bool expired = false;
                bool done = false;
                TimerHandle timer = EventLoop.Running.CallLater(timeout.Seconds(), () =>
                {
                    expired = true;
                    self.Cancel();
                });
                try
                {
                    await Aio.Sleep(sleep.Seconds());
                    done = true;
                }
                catch (CancelledException) when (expired && self.Uncancel() == 0)
                {
                    // The block's own request, and answered: what follows is not its concern.
                }
                finally
                {
                    timer.Cancel();
                }

                await Turns();
                return (expired, done);
            }
        });
}
