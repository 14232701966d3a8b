using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public class FutureTests
{
    /// <summary>CPython: BaseFutureTests.test_initial_state.</summary>
    [Fact]
    public void New_IsPending()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        Assert.False(future.IsDone);
        Assert.False(future.IsCancelled);
        Assert.False(future.IsFaulted);
        Assert.Same(test.Loop, future.Loop);
        Assert.Throws<InvalidStateException>(() => future.Result);
        Assert.Throws<InvalidStateException>(() => future.Exception);
    }

    /// <summary>CPython: BaseFutureTests.test_result.</summary>
    [Fact]
    public void SetResult_EndsItForGood()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        future.SetResult(42);
        AssertEnded(future);
        Assert.Equal(42, future.Result);
        Assert.Null(future.Exception);
        Assert.False(future.IsCancelled);
        Assert.False(future.IsFaulted);
    }

    /// <summary>CPython: BaseFutureTests.test_exception.</summary>
    [Fact]
    public void SetException_EndsItForGood()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        var error = new FormatException("x");
        future.SetException(error);
        AssertEnded(future);
        Assert.True(future.IsFaulted);
        Assert.False(future.IsCancelled);
        Assert.Same(error, future.Exception);
        Assert.Same(error, Assert.Throws<FormatException>(() => future.Result));
    }

    /// <summary>CPython: BaseFutureTests.test_cancel.</summary>
    [Fact]
    public void Cancel_EndsItForGood()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        Assert.True(future.Cancel("why"));
        AssertEnded(future);
        Assert.True(future.IsCancelled);
        Assert.False(future.IsFaulted);
        Assert.Equal("why", Assert.Throws<CancelledException>(() => future.Result).CancelMessage);
        Assert.Throws<CancelledException>(() => future.Exception);
    }

    [Fact]
    public void SetException_OfNull_IsRefused()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        Assert.Throws<ArgumentNullException>(() => future.SetException(null!));
        Assert.False(future.IsDone);
    }

    [Fact]
    public void Await_OfAPendingFuture_WaitsForItsEnd() => Run(async () =>
    {
        Future<string> future = EventLoop.Running.CreateFuture<string>();
        EventLoop.Running.CallLater(2.Seconds(), () => future.SetResult("text"));
        Assert.Equal("text", await future);
        Assert.Equal(2.Seconds(), EventLoop.Running.Time);
        await (Future)future;
    });

    [Fact]
    public void Await_OfADoneFuture_DoesNotYield() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        future.SetResult(1);
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        Assert.Equal(1, await future);
        Assert.False(other);
    });

    [Fact]
    public void Await_ByManyTasks_ResumesThemInTheOrderInWhichTheyCame() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        var log = new List<int>();
        LoopTask[] tasks = [.. Enumerable.Range(0, 20).Select(n => Aio.CreateTask(Wait(n)))];
        await Turns();
        future.SetResult(5);
        Assert.Empty(log);
        await Aio.Gather(tasks);
        Assert.Equal(Enumerable.Range(0, 20).Select(n => n * 10 + 5), log);

        async Coroutine Wait(int n) => log.Add((n * 10) + await future);
    });

    [Fact]
    public void SetResult_DoesNotRunWhoWaits() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        bool resumed = false;
        LoopTask task = Aio.CreateTask(Wait());
        await Turns();
        future.SetResult(1);
        Assert.False(resumed);
        await task;
        Assert.True(resumed);

        async Coroutine Wait()
        {
            await future;
            resumed = true;
        }
    });

    [Fact]
    public void Await_OfACancelledFuture_CancelsTheTaskThatLetsItPass() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask task = Aio.CreateTask(Wait());
        await Turns();
        future.Cancel("why");
        Assert.Equal("why", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.True(task.IsCancelled);
        Assert.Equal(0, task.Cancelling());

        async Coroutine Wait() => await future;
    });

    /// <summary>CPython: BaseTaskTests.test_other_loop_future.</summary>
    [Fact]
    public void Await_OfAFutureOfAnotherLoop_IsAnError() => Run(async () =>
    {
        using var other = new TestLoop();
        Future<int> future = other.Loop.CreateFuture<int>();
        await Throws<InvalidOperationException>(async () => await future);
        Future<int> done = other.Loop.CreateFuture<int>();
        done.SetResult(3);
        Assert.Equal(3, await done);
    });

    /// <summary>CPython: BaseFutureTests.test_yield_from_twice.</summary>
    [Fact]
    public void Await_Twice_WaitsTheFirstTimeOnly() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        var log = new List<string>();
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        Assert.Equal(["before"], log);
        future.SetResult(42);
        await Turns();
        Assert.Equal(["before", "first 42", "second 42"], log);
        Assert.True(task.IsDone);

        async Coroutine Work()
        {
            log.Add("before");
            log.Add($"first {await future}");
            log.Add($"second {await future}");
        }
    });

    [Fact]
    public void Result_OfAReferenceThatIsNull_IsNull()
    {
        using var test = new TestLoop();
        Future<string?> future = test.Loop.CreateFuture<string?>();
        future.SetResult(null);
        Assert.Null(future.Result);
    }

    private static void AssertEnded(Future<int> future)
    {
        Assert.True(future.IsDone);
        Assert.Throws<InvalidStateException>(() => future.SetResult(1));
        Assert.Throws<InvalidStateException>(() => future.SetException(new FormatException()));
        Assert.False(future.TrySetResult(1));
        Assert.False(future.TrySetException(new FormatException()));
        Assert.False(future.Cancel());
    }
}
