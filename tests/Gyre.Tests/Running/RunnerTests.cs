using Gyre.Testing;

namespace Gyre.Tests.Running;

public class RunnerTests
{
    /// <summary>CPython: RunnerTests.test_run.</summary>
    [Fact]
    public void Run_SeveralTimes_UsesOneLoop()
    {
        using var runner = new Runner(new VirtualClock().CreateOptions());
        EventLoop loop = runner.Loop;
        Assert.Same(loop, runner.Run(Which()));
        Assert.Same(loop, runner.Run(Which()));
        runner.Run(Aio.Sleep(1.Seconds()));
        Assert.Equal(3.Seconds(), loop.Time);

        static async Coroutine<EventLoop> Which()
        {
            await Aio.Sleep(1.Seconds());
            return EventLoop.Running;
        }
    }

    /// <summary>CPython: RunnerTests.test_run_future.</summary>
    [Fact]
    public void Run_AFuture_ReturnsItsResult()
    {
        using var runner = new Runner(new VirtualClock().CreateOptions());
        Future<string> future = runner.Loop.CreateFuture<string>();
        future.SetResult("done");
        Assert.Equal("done", runner.Run(future));
        LoopTask<int> task = runner.Loop.CreateTask(Aio.Sleep(1.Seconds(), 7));
        Assert.Equal(7, runner.Run(task));
        Assert.Equal(1.Seconds(), runner.Loop.Time);
    }

    /// <summary>CPython: RunnerTests.test_run_awaitable.</summary>
    [Fact]
    public void Run_ABclTask_ReturnsItsResult()
    {
        using var runner = new Runner();
        Assert.Equal("done", runner.Run(Task.Run(() => "done")));
        Assert.Equal("done", Aio.Run(Task.Run(() => "done")));
        Assert.Throws<ArithmeticException>(() => runner.Run(Task.FromException<int>(new ArithmeticException())));
    }

    /// <summary>CPython: RunnerTests.test_run_awaitable.</summary>
    [Fact]
    public void Run_AnythingWithoutAResult_ReturnsWhenItHasEnded()
    {
        using var runner = new Runner();
        bool ended = false;
        runner.Run(Task.Run(() => { ended = true; }));
        Assert.True(ended);
        runner.Run(new ValueTask(Task.CompletedTask));
        Future future = runner.Loop.CreateTask(Aio.Sleep(TimeSpan.Zero));
        runner.Run(future);
        Assert.True(future.IsDone);
        Aio.Run(Task.CompletedTask);
        Assert.Throws<ArithmeticException>(() => runner.Run(Task.FromException(new ArithmeticException())));
    }

    [Fact]
    public void Run_OfAFutureThatIsCancelled_CancelsIt()
    {
        using var runner = new Runner();
        Future<int> future = runner.Loop.CreateFuture<int>();
        EventLoop loop = runner.Loop;

        // In the second iteration the run waits for the future.
        loop.CallSoon(() => loop.CallSoon(() => loop.AllTasks()[0].Cancel()));
        Assert.Throws<CancelledException>(() => runner.Run(future));
        Assert.True(future.IsCancelled);
    }

    [Fact]
    public void Run_OfNothing_IsRefused()
    {
        using var runner = new Runner();
        Assert.Throws<ArgumentNullException>(() => runner.Run((Task<int>)null!));
        Assert.Throws<ArgumentNullException>(() => runner.Run((Future<int>)null!));
        Assert.Throws<ArgumentNullException>(() => runner.Run((Task)null!));
    }

    [Fact]
    public void Tasks_OfOneRun_GoOnInTheNext()
    {
        using var runner = new Runner(new VirtualClock().CreateOptions());
        LoopTask<int>? task = null;
        runner.Run(Start());
        Assert.False(task!.IsDone);
        Assert.Equal(7, runner.Run(Wait()));

        async Coroutine Start()
        {
            task = Aio.CreateTask(Aio.Sleep(10.Seconds(), 7));
            await Aio.Yield();
        }

        async Coroutine<int> Wait() => await task;
    }

    /// <summary>CPython: RunnerTests.test_run_keeps_context.</summary>
    [Fact]
    public void Run_SeveralTimes_KeepsTheContextOfTheRuns()
    {
        var local = new AsyncLocal<int> { Value = -1 };
        using var runner = new Runner(new VirtualClock().CreateOptions());
        Assert.Equal(-1, runner.Run(Swap(1)));
        Assert.Equal(1, runner.Run(Swap(2)));

        // What the caller sets is its own affair, as what the runs set is theirs.
        local.Value = 100;
        Assert.Equal(2, runner.Run(Swap(3)));
        Assert.Equal(100, local.Value);
        Assert.Throws<FormatException>(() => runner.Run(Fail()));
        Assert.Equal(4, runner.Run(Swap(5)));

        async Coroutine<int> Swap(int value)
        {
            int old = local.Value;
            await Aio.Yield();
            local.Value = value;
            return old;
        }

        async Coroutine Fail()
        {
            local.Value = 4;
            await Aio.Yield();
            throw new FormatException();
        }
    }

    [Fact]
    public void Run_WithAContextOfItsOwn_KeepsNothingOfIt()
    {
        var local = new AsyncLocal<string?>();
        using var runner = new Runner(new VirtualClock().CreateOptions());
        Assert.Null(runner.Run(Swap("runner's")));
        local.Value = "given";
        ExecutionContext given = ExecutionContext.Capture()!;
        local.Value = null;
        Assert.Equal("given", runner.Run(Swap("changed"), given));
        Assert.Equal("given", runner.Run(Swap("changed"), given));
        Assert.Equal("runner's", runner.Run(Swap(null)));

        async Coroutine<string?> Swap(string? value)
        {
            string? old = local.Value;
            await Aio.Yield();
            local.Value = value;
            return old;
        }
    }

    /// <summary>CPython: RunnerTests.test_explicit_close, test_double_close, test_second_with_block_raises.</summary>
    /// <remarks>CPython: RunnerTests.test_run.</remarks>
    [Fact]
    public void Dispose_ClosesTheLoopForGood()
    {
        var runner = new Runner(new VirtualClock().CreateOptions());
        EventLoop loop = runner.Loop;
        runner.Dispose();
        runner.Dispose();
        Assert.True(loop.IsClosed);
        Assert.Throws<InvalidOperationException>(() => runner.Loop);
        Coroutine coroutine = Aio.Sleep(1.Seconds());
        Assert.Throws<InvalidOperationException>(() => runner.Run(coroutine));
        coroutine.Discard();
    }

    [Fact]
    public void Dispose_OfOneThatWasNeverUsed_MakesNoLoop()
    {
        var runner = new Runner(new EventLoopOptions { Poller = new ThreadPoller() });
        runner.Dispose();
        Assert.Throws<InvalidOperationException>(() => runner.Loop);
    }

    [Fact]
    public void Dispose_AfterAFailedRun_EndsItsTasks()
    {
        bool cleanedUp = false;
        var runner = new Runner(new VirtualClock().CreateOptions());
        Assert.Throws<DeadlockException>(() => runner.Run(Hang()));
        runner.Dispose();
        Assert.True(cleanedUp);

        async Coroutine Hang()
        {
            try
            {
                await Virtual.Forever();
            }
            finally
            {
                cleanedUp = true;
            }
        }
    }

    [Fact]
    public void Dispose_WithATaskThatStartsOthersWhileItEnds_ReportsThoseThatAreLeft()
    {
        var reports = new List<ExceptionContext>();
        var runner = new Runner(new VirtualClock().CreateOptions());
        runner.Loop.ExceptionHandler = (_, context) => reports.Add(context);
        runner.Run(Main());
        runner.Dispose();
        Assert.Contains("'child'", Assert.Single(reports).Message, StringComparison.Ordinal);

        static async Coroutine Main()
        {
            _ = Aio.CreateTask(Parent());
            await Aio.Yield();
        }

        static async Coroutine Parent()
        {
            try
            {
                await Virtual.Forever();
            }
            finally
            {
                _ = Aio.CreateTask(Virtual.Forever(), name: "child");
            }
        }
    }
}
