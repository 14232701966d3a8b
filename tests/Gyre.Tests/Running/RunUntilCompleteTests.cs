using Gyre.Polling;

namespace Gyre.Tests.Running;

public class RunUntilCompleteTests
{
    public static TheoryData<PollerBackend> Backends { get; } =
        [.. Enum.GetValues<PollerBackend>().Where(Poller.IsSupported)];

    /// <summary>CPython: EventLoopTestsMixin.test_run_until_complete.</summary>
    [Fact]
    public void RunUntilComplete_ReturnsTheResult()
    {
        using var test = new TestLoop();
        Assert.Equal(5, test.Loop.RunUntilComplete(Aio.Sleep(1.Seconds(), 5)));
        test.Loop.RunUntilComplete(Aio.Sleep(1.Seconds()));
        Assert.Equal(2.Seconds(), test.Loop.Time);
        Future<int> future = test.Loop.CreateFuture<int>();
        test.Loop.CallLater(1.Seconds(), () => future.SetResult(1));
        test.Loop.RunUntilComplete(future);
        Assert.Equal(1, future.Result);
    }

    [Fact]
    public void RunUntilComplete_ThrowsTheError()
    {
        using var test = new TestLoop();
        var error = new FormatException();
        Assert.Same(error, Assert.Throws<FormatException>(() => test.Loop.RunUntilComplete(Fail())));
        Future<int> cancelled = test.Loop.CreateFuture<int>();
        cancelled.Cancel("why");
        Assert.Equal("why", Assert.Throws<CancelledException>(() => test.Loop.RunUntilComplete(cancelled)).CancelMessage);

        async Coroutine Fail()
        {
            await Aio.Yield();
            throw error;
        }
    }

    /// <summary>CPython: BaseEventLoopTests.test_run_forever_keyboard_interrupt: whoever runs the coroutine has its
    /// error, so nobody else is told.</summary>
    [Fact]
    public void RunUntilComplete_ThrowsTheError_AndReportsItToNobodyElse()
    {
        var test = new TestLoop();
        Assert.Throws<FormatException>(() => test.Loop.RunUntilComplete(Fail()));
        Garbage.Collect();
        test.Turns(2);
        test.Dispose();
        Assert.Empty(test.Reports);

        static async Coroutine Fail()
        {
            await Aio.Yield();
            throw new FormatException();
        }
    }

    /// <summary>CPython: BaseEventLoopTests.test_run_until_complete_baseexception: a run that an error ended
    /// leaves no stop behind for the next one.</summary>
    [Fact]
    public void RunUntilComplete_ThrowsTheError_AndTheNextRunGoesOnUntilItIsStopped()
    {
        using var test = new TestLoop();
        Assert.Throws<FormatException>(() => test.Loop.RunUntilComplete(Fail()));
        test.Loop.CallSoon(() => test.Loop.CallSoon(() =>
        {
            test.Log.Add("stopped");
            test.Loop.Stop();
        }));
        test.Loop.RunForever();
        Assert.Equal(["stopped"], test.Log);

        static async Coroutine Fail()
        {
            await Aio.Yield();
            throw new FormatException();
        }
    }

    /// <summary>CPython: EventLoopTestsMixin.test_run_until_complete_stopped,
    /// BaseTaskTests.test_stop_while_run_in_complete.</summary>
    [Fact]
    public void RunUntilComplete_Stopped_IsAnErrorAndTheTaskGoesOnInTheNextRun()
    {
        using var test = new TestLoop();
        LoopTask task = test.Loop.CreateTask(Aio.Sleep(2.Seconds()));
        test.Loop.CallLater(1.Seconds(), test.Loop.Stop);
        var error = Assert.Throws<InvalidOperationException>(() => test.Loop.RunUntilComplete(task));
        Assert.Contains("stopped", error.Message, StringComparison.Ordinal);
        test.Loop.RunUntilComplete(task);
        Assert.Equal(2.Seconds(), test.Loop.Time);
    }

    [Fact]
    public void RunUntilComplete_AgainForTheSameFuture_ReturnsAgain()
    {
        using var test = new TestLoop();
        LoopTask<int> task = test.Loop.CreateTask(Aio.Sleep(1.Seconds(), 1));
        test.Loop.RunUntilComplete(task);
        test.Loop.RunUntilComplete(task);
        Assert.Equal(1, task.Result);
    }

    /// <summary>CPython: EventLoopTestsMixin.test_timeout_rounding: however short a sleep is, the loop waits for it
    /// once, and does not spin until its time.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void RunUntilComplete_OfEverShorterSleeps_TakesTwoIterationsForEach(PollerBackend backend)
    {
        using var loop = new EventLoop(new EventLoopOptions { Backend = backend });
        loop.RunUntilComplete(Sleeps());
        Assert.InRange(loop.Iterations, 1, 20);

        static async Coroutine Sleeps()
        {
            for (long ticks = 10 * TimeSpan.TicksPerMillisecond; ticks > 0; ticks /= 10)
            {
                await Aio.Sleep(TimeSpan.FromTicks(ticks));
            }
        }
    }

    /// <summary>CPython: BaseEventLoopTests.test_run_until_complete_loop.</summary>
    [Fact]
    public void RunUntilComplete_OfAFutureOfAnotherLoop_IsRefused()
    {
        using var test = new TestLoop();
        using var other = new TestLoop();
        Assert.Throws<InvalidOperationException>(() => test.Loop.RunUntilComplete(other.Loop.CreateFuture<int>()));
        Assert.Throws<ArgumentNullException>(() => test.Loop.RunUntilComplete((Future)null!));
    }

    /// <summary>CPython: BaseEventLoopTests.test_run_until_complete_loop_orphan_future_close_loop.</summary>
    [Fact]
    public void RunUntilComplete_StoppedByAnError_LeavesNoCallbackInTheFuture()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        Assert.Throws<Gyre.Testing.DeadlockException>(() => test.Loop.RunUntilComplete(future));
        future.SetResult(1);
        test.Loop.CallLater(1.Seconds(), test.Write("not stopped"));
        test.RunFor(2.Seconds());
        Assert.Equal(["not stopped"], test.Log);
    }

    [Fact]
    public void RunUntilComplete_LeavesOtherTasksForTheNextRun()
    {
        using var test = new TestLoop();
        LoopTask other = test.Loop.CreateTask(Aio.Sleep(10.Seconds()));
        test.Loop.RunUntilComplete(Aio.Sleep(1.Seconds()));
        Assert.False(other.IsDone);
        test.Loop.RunUntilComplete(other);
        Assert.Equal(10.Seconds(), test.Loop.Time);
    }
}
