using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public class WaitTests
{
    /// <summary>CPython: BaseTaskTests.test_wait.</summary>
    [Fact]
    public void Wait_ForAll_ReturnsWhenTheLastIsDone() => Run(async () =>
    {
        LoopTask<int>[] tasks = Sleepers(0.1, 0.15, 0.05);
        WaitResult<LoopTask<int>> result = await Aio.Wait(tasks);
        Assert.Equal(tasks, result.Done);
        Assert.Empty(result.Pending);
        Assert.Equal(0.15.Seconds(), EventLoop.Running.Time);

        // Again at once, although all are done: it takes its turns as any wait.
        Assert.Equal(tasks, (await Aio.Wait(tasks)).Done);
    });

    /// <summary>CPython: BaseTaskTests.test_wait_first_completed.</summary>
    [Fact]
    public void Wait_ForTheFirst_ReturnsWhenAnyIsDone() => Run(async () =>
    {
        LoopTask<int>[] tasks = Sleepers(10, 0.1);
        WaitResult<LoopTask<int>> result = await Aio.Wait(tasks, returnWhen: WhenDone.First);
        Assert.Equal([tasks[1]], result.Done);
        Assert.Equal([tasks[0]], result.Pending);
        Assert.Equal(0.1.Seconds(), EventLoop.Running.Time);
        tasks[0].Cancel();
    });

    /// <summary>CPython: BaseTaskTests.test_wait_really_done. What ends in the same moment is done too.</summary>
    [Fact]
    public void Wait_ForTheFirst_CountsAllThatAreDoneWhenItReturns() => Run(async () =>
    {
        LoopTask<int>[] tasks = Sleepers(1, 1, 1);
        WaitResult<LoopTask<int>> result = await Aio.Wait(tasks, returnWhen: WhenDone.First);
        Assert.Equal(tasks, result.Done);
    });

    /// <summary>CPython: BaseTaskTests.test_wait_first_exception, _in_wait.</summary>
    [Fact]
    public void Wait_ForTheFirstException_ReturnsWhenAnyFails() => Run(async () =>
    {
        LoopTask[] tasks = [Aio.CreateTask(Aio.Sleep(10.Seconds())), Aio.CreateTask(Fail(0.1.Seconds()))];
        WaitResult<LoopTask> result = await Aio.Wait(tasks, returnWhen: WhenDone.FirstException);
        Assert.Equal([tasks[1]], result.Done);
        Assert.Equal([tasks[0]], result.Pending);
        Assert.NotNull(tasks[1].Exception);
        tasks[0].Cancel();
    });

    /// <summary>Rule 12: a cancelled future has not failed.</summary>
    [Fact]
    public void Wait_ForTheFirstException_GoesOnWhenOneIsCancelled() => Run(async () =>
    {
        LoopTask<int>[] tasks = Sleepers(2, 10);
        EventLoop.Running.CallLater(1.Seconds(), () => tasks[1].Cancel());
        WaitResult<LoopTask<int>> result = await Aio.Wait(tasks, returnWhen: WhenDone.FirstException);
        Assert.Equal(tasks, result.Done);
        Assert.Equal(2.Seconds(), EventLoop.Running.Time);
    });

    /// <summary>CPython: BaseTaskTests.test_wait_with_exception.</summary>
    [Fact]
    public void Wait_ForAll_NeverThrowsTheirErrors() => Run(async () =>
    {
        LoopTask[] tasks = [Aio.CreateTask(Aio.Sleep(1.Seconds())), Aio.CreateTask(Fail(0.5.Seconds()))];
        Assert.Equal(tasks, (await Aio.Wait(tasks)).Done);
        Assert.NotNull(tasks[1].Exception);
    });

    /// <summary>CPython: BaseTaskTests.test_wait_with_timeout.</summary>
    [Fact]
    public void Wait_UntilATimeout_ReturnsWhatIsDone() => Run(async () =>
    {
        LoopTask<int>[] tasks = Sleepers(0.1, 0.15);
        WaitResult<LoopTask<int>> result = await Aio.Wait(tasks, 0.11.Seconds());
        Assert.Equal([tasks[0]], result.Done);
        Assert.Equal([tasks[1]], result.Pending);
        Assert.Equal(0.11.Seconds(), EventLoop.Running.Time);
        Assert.Equal(0, tasks[1].Cancelling());
        await tasks[1];
    });

    /// <summary>CPython: BaseTaskTests.test_wait_concurrent_complete.</summary>
    [Fact]
    public void Wait_UntilATimeoutInTheMomentOfAnEnd_StillDecidesOnce() => Run(async () =>
    {
        LoopTask<int>[] tasks = Sleepers(0.1, 0.15);
        WaitResult<LoopTask<int>> result = await Aio.Wait(tasks, 0.1.Seconds());
        Assert.Equal(2, result.Done.Count + result.Pending.Count);
        await Aio.Wait(tasks);
    });

    [Fact]
    public void Wait_WithATimeoutThatIsNotNeeded_RemovesItsTimer() => Run(async () =>
    {
        await Aio.Wait(Sleepers(1), 1000.Seconds());
        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Wait_WithoutTime_LooksAndReturns(int seconds) => Run(async () =>
    {
        LoopTask<int>[] tasks = Sleepers(10);
        WaitResult<LoopTask<int>> result = await Aio.Wait(tasks, seconds.Seconds());
        Assert.Equal(tasks, result.Pending);
        Assert.Equal(TimeSpan.Zero, EventLoop.Running.Time);
        tasks[0].Cancel();
    });

    /// <summary>CPython: BaseTaskTests.test_wait_duplicate_coroutines.</summary>
    [Fact]
    public void Wait_ForOneSeveralTimes_CountsItOnce() => Run(async () =>
    {
        LoopTask<int> task = Sleepers(1)[0];
        Assert.Equal([task], (await Aio.Wait([task, task, task])).Done);
    });

    /// <summary>CPython: BaseTaskTests.test_wait_errors.</summary>
    [Fact]
    public void Wait_ForNothing_IsAnError() => Run(async () =>
    {
        await Throws<ArgumentException>(async () => await Aio.Wait(Array.Empty<LoopTask>()));
        Assert.Throws<ArgumentNullException>(() => { _ = Aio.Wait((IEnumerable<LoopTask>)null!); });
        await Throws<ArgumentNullException>(async () => await Aio.Wait(new LoopTask[] { null! }));
    });

    [Fact]
    public void Wait_ForAFutureOfAnotherLoop_IsAnError() => Run(async () =>
    {
        using var other = new TestLoop();
        await Throws<InvalidOperationException>(async () => await Aio.Wait([other.Loop.CreateFuture<int>()], 1.Seconds()));
        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
    });

    /// <summary>CPython: BaseTaskTests.test_yield_wait_does_not_shield_cancel. Rule 12.</summary>
    [Fact]
    public void Wait_Cancelled_LeavesTheFuturesAlone() => Run(async () =>
    {
        LoopTask<int>[] tasks = Sleepers(1, 2);
        LoopTask wait = Aio.CreateTask(Work());
        await Turns(2);
        wait.Cancel();
        await Throws<CancelledException>(wait);
        Assert.All(tasks, task => Assert.Equal(0, task.Cancelling()));
        Assert.Equal(2, EventLoop.Running.Timers.PendingCount);
        await Aio.Wait(tasks);

        async Coroutine Work() => await Aio.Wait(tasks, 1000.Seconds());
    });

    [Fact]
    public void Wait_ForFuturesOfDifferentTypes_Works() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask task = Aio.CreateTask(Aio.Sleep(1.Seconds()));
        EventLoop.Running.CallLater(2.Seconds(), () => future.SetResult(1));
        Assert.Equal([future, task], (await Aio.Wait<Future>([future, task])).Done);
    });

    [Fact]
    public void Wait_AgainAndAgainForOneLongTask_LeavesNothingBehindInIt() => Run(async () =>
    {
        LoopTask<int> task = Sleepers(1000)[0];
        for (int i = 0; i < 1_000; i++)
        {
            await Aio.Wait([task], 0.5.Seconds());
        }

        Assert.Equal(0, task.RemoveDoneCallback((Action<LoopTask<int>>)(_ => { })));
        Assert.Equal(1, EventLoop.Running.Timers.PendingCount);
        task.Cancel();
    });

    /// <summary>CPython: BaseTaskTests.test_wait_really_done.</summary>
    [Fact]
    public void Wait_ForTheFirst_CountsOneThatEndedWhileItCameBack() => Run(async () =>
    {
        LoopTask[] tasks = [Aio.CreateTask(Turns(2)), Aio.CreateTask(Turns(1))];
        WaitResult<LoopTask> result = await Aio.Wait(tasks, returnWhen: WhenDone.First);
        Assert.Equal(tasks, result.Done);
        Assert.Empty(result.Pending);
    });

    /// <summary>CPython: BaseTaskTests.test_wait_first_exception.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wait_ForTheFirstException_TakesNoTimeWhenOneHasFailed(bool before) => Run(async () =>
    {
        LoopTask[] tasks = [Aio.CreateTask(Aio.Sleep(10.Seconds())), Aio.CreateTask(FailAtOnce())];
        if (before)
        {
            await Turns(2);
        }

        WaitResult<LoopTask> result = await Aio.Wait(tasks, returnWhen: WhenDone.FirstException);
        Assert.Equal([tasks[1]], result.Done);
        Assert.Equal([tasks[0]], result.Pending);
        Assert.Equal(TimeSpan.Zero, EventLoop.Running.Time);
        Assert.NotNull(tasks[1].Exception);
        tasks[0].Cancel();

        static async Coroutine FailAtOnce()
        {
            await default(Coroutine);
            throw new FormatException();
        }
    });

    /// <summary>CPython: BaseTaskTests.test_wait_concurrent_complete.</summary>
    [Fact]
    public void Wait_UntilTheMomentInWhichOneEnds_CountsItAsDone() => Run(async () =>
    {
        LoopTask<int>[] tasks = Sleepers(0.1, 0.15);
        LoopTask<WaitResult<LoopTask<int>>> wait = Aio.CreateTask(Aio.Wait(tasks, 0.1.Seconds()));
        WaitResult<LoopTask<int>> result = await wait;
        Assert.Equal([tasks[0]], result.Done);
        Assert.Equal([tasks[1]], result.Pending);
        Assert.Equal(0.1.Seconds(), EventLoop.Running.Time);
        await tasks[1];
    });

    /// <summary>CPython: BaseTaskTests.test_wait_with_iterator_of_tasks.</summary>
    [Fact]
    public void Wait_ForASequence_EnumeratesItOnce() => Run(async () =>
    {
        int enumerated = 0;
        WaitResult<LoopTask<int>> result = await Aio.Wait(Make());
        Assert.Equal([0, 1], result.Done.Select(task => task.Result));
        Assert.Equal(2, enumerated);
        Assert.Equal(0.15.Seconds(), EventLoop.Running.Time);

        IEnumerable<LoopTask<int>> Make()
        {
            foreach (double seconds in new[] { 0.1, 0.15 })
            {
                yield return Aio.CreateTask(Aio.Sleep(seconds.Seconds(), enumerated++));
            }
        }
    });

    /// <summary>CPython: BaseTaskTests.test_wait_errors.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Wait_UntilNoneOfTheKnownMoments_IsRefused(int returnWhen) => Run(async () =>
    {
        LoopTask<int>[] tasks = Sleepers(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Aio.Wait(tasks, returnWhen: (WhenDone)returnWhen); });
        await tasks[0];
    });

    private static LoopTask<int>[] Sleepers(params double[] seconds) =>
        [.. seconds.Select((time, index) => Aio.CreateTask(Aio.Sleep(time.Seconds(), index)))];

    private static async Coroutine Fail(TimeSpan after)
    {
        await Aio.Sleep(after);
        throw new FormatException();
    }
}
