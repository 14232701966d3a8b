using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public class SleepTests
{
    /// <summary>CPython: BaseTaskTests.test_sleep.</summary>
    [Fact]
    public void Sleep_TakesItsTimeAndReturnsTheResult()
    {
        TimeSpan elapsed = Run(async () =>
        {
            await Aio.Sleep(0.5.Seconds());
            Assert.Equal("done", await Aio.Sleep(0.5.Seconds(), "done"));
        });
        Assert.Equal(1.Seconds(), elapsed);
    }

    /// <summary>CPython: SleepTests.test_sleep_zero.</summary>
    [Fact]
    public void Sleep_ForNoTime_LetsOthersRunOnce() => Run(async () =>
    {
        var log = new List<string>();
        EventLoop.Running.CallSoon(() => log.Add("other"));
        await Aio.Sleep(TimeSpan.Zero);
        log.Add("zero");
        EventLoop.Running.CallSoon(() => log.Add("other"));
        Assert.Equal(1, await Aio.Sleep(-1.Seconds(), 1));
        log.Add("negative");
        Assert.Equal(["other", "zero", "other", "negative"], log);
    });

    /// <summary>CPython: BaseTaskTests.test_sleep_cancel, test_task_cancel_sleeping_task.</summary>
    [Fact]
    public void Sleep_Cancelled_RemovesItsTimer() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Aio.Sleep(1000.Seconds()));
        await Turns();
        Assert.Equal(1, EventLoop.Running.Timers.PendingCount);
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
    });

    [Fact]
    public void Sleep_IsCold_ItsTimeBeginsWithTheAwait() => Run(async () =>
    {
        Coroutine sleep = Aio.Sleep(1.Seconds());
        await Aio.Sleep(5.Seconds());
        await sleep;
        Assert.Equal(6.Seconds(), EventLoop.Running.Time);
    });

    [Fact]
    public void Sleep_OfTheSameTime_WakesInTheOrderOfTheCalls() => Run(async () =>
    {
        var log = new List<int>();
        await Aio.Gather(Enumerable.Range(0, 100).Select(Work));
        Assert.Equal(Enumerable.Range(0, 100), log);

        async Coroutine Work(int n)
        {
            await Aio.Sleep(1.Seconds());
            log.Add(n);
        }
    });

    [Fact]
    public void Sleep_CancelledInTheMomentItEnds_IsCancelled() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Aio.Sleep(1.Seconds()));
        await Turns();

        // The timer's turn comes before this callback's, the task's step after it.
        EventLoop.Running.CallAt(1.Seconds(), () => task.Cancel());
        await Throws<CancelledException>(task);
    });

    [Fact]
    public void Yield_LetsEverythingThatIsReadyRunFirst() => Run(async () =>
    {
        var log = new List<string>();
        EventLoop.Running.CallSoon(() => log.Add("a"));
        EventLoop.Running.CallSoon(() => log.Add("b"));
        await Aio.Yield();
        log.Add("c");
        Assert.Equal(["a", "b", "c"], log);
    });

    [Fact]
    public void Yield_Cancelled_Throws() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Turns(10));
        await Turns(2);
        task.Cancel("enough");
        Assert.Equal("enough", (await Throws<CancelledException>(task)).CancelMessage);
    });

    [Fact]
    public void Yield_OutsideOfALoop_IsAnError() => Assert.Throws<InvalidOperationException>(() => { _ = Aio.Yield(); });

    [Fact]
    public void Yield_AwaitedOnAnotherLoop_IsAnError()
    {
        using var first = new TestLoop();
        using var second = new TestLoop();
        YieldAwaitable yield = default;
        first.Loop.CallSoon(() => yield = Aio.Yield());
        first.Turn();
        Assert.Throws<InvalidOperationException>(() => second.Run(async () => await yield));
        Assert.Throws<InvalidOperationException>(() => second.Run(async () => await default(YieldAwaitable)));
    }

    /// <summary>CPython: BaseTaskTests.test_task_cancel_sleeping_task.</summary>
    [Fact]
    public void Sleep_CancelledByATimer_EndsAtThatTime() => Run(async () =>
    {
        LoopTask sleeper = Aio.CreateTask(Aio.Sleep(5000.Seconds()));
        EventLoop.Running.CallLater(0.1.Seconds(), () => sleeper.Cancel());
        await Throws<CancelledException>(sleeper);
        Assert.Equal(0.1.Seconds(), EventLoop.Running.Time);
    });

    /// <summary>CPython: BaseTaskTests.test_sleep_when_delay_is_nan.</summary>
    [Fact]
    public void Sleep_ForATimeThatIsNoNumber_IsRefused()
    {
        using var test = new TestLoop();
        Assert.Throws<ArgumentException>(() => test.Run(async () => await Aio.Sleep(double.NaN.Seconds())));
        Assert.Equal(TimeSpan.Zero, test.Loop.Time);
        Assert.Empty(test.Loop.AllTasks());
    }
}
