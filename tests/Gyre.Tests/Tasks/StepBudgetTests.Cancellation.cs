namespace Gyre.Tests.Tasks;

/// <summary>A request that comes while a task has given way waits for the next await that waits: nothing is lost.</summary>
public sealed partial class StepBudgetTests
{
    /// <summary>Guarantees G-63, G-83.</summary>
    [Fact]
    public void Cancel_WhileAGetHasGivenWay_TheItemIsNotLost() => Small(async () =>
    {
        var queue = new LoopQueue<int>();
        for (int i = 0; i < 2 * Budget; i++)
        {
            Assert.True(queue.TryPut(i));
        }

        List<int> got = [];
        LoopTask task = Aio.CreateTask(Consume());
        await Aio.Yield();
        Assert.Equal(Budget - 1, got.Count);
        Assert.True(task.Cancel("enough"));
        var e = await Virtual.Throws<CancelledException>(task);
        Assert.Equal("enough", e.CancelMessage);

        // It was delivered at the get that had to wait: whatever was taken has come to the task.
        Assert.Equal(Enumerable.Range(0, 2 * Budget), got);

        async Coroutine Consume()
        {
            while (true)
            {
                got.Add(await queue.GetAsync());
            }
        }
    });

    [Fact]
    public void Cancel_WhileALockHasGivenWay_TheLockIsReleased() => Small(async () =>
    {
        var mutex = new LoopLock();
        bool inside = false;
        LoopTask task = Aio.CreateTask(Hold());
        await Aio.Yield();
        Assert.True(mutex.IsLocked);
        Assert.False(inside);
        task.Cancel();
        await Virtual.Throws<CancelledException>(task);
        Assert.True(inside);
        Assert.False(mutex.IsLocked);

        async Coroutine Hold()
        {
            // Its own end is an await, too.
            await Many(Budget - 2);
            using (await mutex.LockAsync())
            {
                inside = true;
                await Aio.Yield();
                Assert.Fail("The yield delivers the request.");
            }
        }
    });

    [Fact]
    public void Cancel_WhileATaskThatWaitsForNothingMoreHasGivenWay_TheTaskIsCancelled() => Small(async () =>
    {
        bool ended = false;
        LoopTask task = Aio.CreateTask(Last());
        await Aio.Yield();
        Assert.False(ended);
        task.Cancel();
        await Virtual.Throws<CancelledException>(task);
        Assert.True(ended);

        async Coroutine Last()
        {
            await Many(Budget);
            ended = true;
        }
    });

    [Fact]
    public void Uncancel_OfARequestThatCameMeanwhile_TakesItBack() => Small(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Go());
        await Aio.Yield();
        task.Cancel();
        Assert.Equal(0, task.Uncancel());
        Assert.Equal(1, await task);

        static async Coroutine<int> Go()
        {
            await Many(Budget);
            await Aio.Yield();
            return 1;
        }
    });

    [Fact]
    public void Timeout_ThatExpiresMeanwhile_IsDeliveredAtTheNextAwaitThatWaits() => Small(async () =>
    {
        int ended = 0;
        await Virtual.Throws<TimeoutException>(async () => await Aio.Timeout(1.Milliseconds(), async scope =>
        {
            while (!scope.IsExpired)
            {
                await ReturnAtOnce();
                ended++;
            }

            await ReturnAtOnce();
            ended = -1;
            await Aio.Yield();
            Assert.Fail("The yield delivers the request.");
        }));
        Assert.Equal(-1, ended);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CancelScope_ThatIsCancelledMeanwhile_TheAwaitReturnsAndTheNextIsCancelled(bool waits) => Small(async () =>
    {
        bool returned = false;
        CancelScope scope = await Aio.CancelScope(async scope =>
        {
            EventLoop.Running.CallSoon(() => scope.Cancel());
            for (int i = 0; i < 2 * Budget; i++)
            {
                await ReturnAtOnce();
            }

            Assert.True(scope.IsCancelled);
            returned = true;
            if (waits)
            {
                await Aio.Sleep(1000.Seconds());
                Assert.Fail("The scope is cancelled.");
            }
        });
        Assert.True(returned);
        Assert.Equal(waits, scope.CaughtCancellation);
    });

    [Fact]
    public void Token_OfATaskThatIsAskedToEndMeanwhile_TellsIt() => Small(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(UntilAsked());
        await Aio.Yield();
        task.Cancel();
        Assert.Equal(Budget - 1, await Aio.CreateTask(Caught()));

        async Coroutine<int> Caught()
        {
            await Aio.Wait([task]);
            Assert.True(task.IsCancelled);
            return Budget - 1;
        }

        static async Coroutine<int> UntilAsked()
        {
            while (true)
            {
                Aio.CancellationToken.ThrowIfCancellationRequested();
                await ReturnAtOnce();
            }
        }
    });

    [Fact]
    public void Cancel_BeforeTheTaskGivesWay_IsDeliveredAtTheNextAwaitThatWaits() => Small(async () =>
    {
        int ended = 0;
        LoopTask task = Aio.CreateTask(CancelSelf());
        await Virtual.Throws<CancelledException>(task);
        Assert.Equal(3 * Budget, ended);

        async Coroutine CancelSelf()
        {
            Aio.CurrentTask!.Cancel();
            for (; ended < 3 * Budget; ended++)
            {
                await ReturnAtOnce();
            }

            await Aio.Yield();
            Assert.Fail("The yield delivers the request.");
        }
    });

    [Fact]
    public void Gather_OfTasksThatGiveWay_CancelsThemAll() => Small(async () =>
    {
        LoopTask[] tasks = [.. Enumerable.Range(0, 5).Select(_ => Aio.CreateTask(Work()))];
        await Aio.Yield();
        LoopTask gather = Aio.CreateTask(All());
        await Aio.Yield();
        gather.Cancel();
        await Virtual.Throws<CancelledException>(gather);
        Assert.All(tasks, task => Assert.True(task.IsCancelled));

        async Coroutine All() => await Aio.Gather(tasks);

        static async Coroutine Work()
        {
            await Many(5 * Budget);
            await Virtual.Forever();
        }
    });
}
