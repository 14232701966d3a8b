using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public class EagerStartTests
{
    /// <summary>CPython: EagerTaskFactoryLoopTests.test_eager_completion.</summary>
    [Fact]
    public void EagerTask_ThatNeedsNotWait_EndsInsideTheCall() => Run(async () =>
    {
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        LoopTask<int> task = Aio.CreateTask(Seven(), eagerStart: true);
        Assert.True(task.IsDone);
        Assert.Equal(7, await task);
        Assert.False(other);
        Assert.DoesNotContain(task, Aio.AllTasks());
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_block_after_eager_step.</summary>
    [Fact]
    public void EagerTask_ThatWaits_GoesOnAsAnyTask() => Run(async () =>
    {
        var log = new List<string>();
        LoopTask task = Aio.CreateTask(Work(), eagerStart: true);
        log.Add("created");
        Assert.Contains(task, Aio.AllTasks());
        await task;
        Assert.Equal(["first step", "created", "second step"], log);

        async Coroutine Work()
        {
            log.Add("first step");
            await Aio.Sleep(1.Seconds());
            log.Add("second step");
        }
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_await_future_during_eager_step.</summary>
    [Fact]
    public void EagerTask_ThatAwaitsAFuture_IsResumedByIt() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask<int> task = Aio.CreateTask(Wait(), eagerStart: true);
        future.SetResult(3);
        Assert.False(task.IsDone);
        Assert.Equal(3, await task);

        async Coroutine<int> Wait() => await future;
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_current_task.</summary>
    [Fact]
    public void EagerStep_HasItsOwnTaskAndGivesTheCallersBack() => Run(async () =>
    {
        LoopTask outer = Aio.CurrentTask!;
        LoopTask? inside = null;
        LoopTask? nested = null;
        LoopTask task = Aio.CreateTask(Work(), eagerStart: true);
        Assert.Same(outer, Aio.CurrentTask);
        Assert.Same(task, inside);
        Assert.NotSame(task, nested);
        await default(Coroutine);

        async Coroutine Work()
        {
            inside = Aio.CurrentTask;
            _ = Aio.CreateTask(Nested(), eagerStart: true);
            Assert.Same(inside, Aio.CurrentTask);
            await default(Coroutine);
        }

        async Coroutine Nested()
        {
            nested = Aio.CurrentTask;
            await default(Coroutine);
        }
    });

    [Fact]
    public void EagerStep_ThatFails_FailsTheTaskOnly() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Fail(), eagerStart: true);
        Assert.True(task.IsFaulted);
        await Throws<FormatException>(task);

        static async Coroutine Fail()
        {
            await default(Coroutine);
            throw new FormatException();
        }
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_cancellation_after_eager_completion,
    /// _after_eager_step_blocks.</summary>
    [Fact]
    public void Cancel_AfterAnEagerStep_IsAsForAnyTask() => Run(async () =>
    {
        LoopTask<int> ended = Aio.CreateTask(Seven(), eagerStart: true);
        Assert.False(ended.Cancel());
        LoopTask blocked = Aio.CreateTask(Forever(), eagerStart: true);
        Assert.True(blocked.Cancel());
        await Throws<CancelledException>(blocked);
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_context_vars.</summary>
    [Fact]
    public void EagerStep_KeepsItsContextToItself() => Run(async () =>
    {
        var local = new AsyncLocal<int> { Value = 1 };
        LoopTask task = Aio.CreateTask(Work(), eagerStart: true);
        Assert.Equal(1, local.Value);
        local.Value = 2;
        await task;
        Assert.Equal(2, local.Value);

        async Coroutine Work()
        {
            Assert.Equal(1, local.Value);
            local.Value = 10;
            await Aio.Yield();
            Assert.Equal(10, local.Value);
        }
    });

    [Fact]
    public void EagerTask_OfALoopThatDoesNotRun_BeginsWithTheLoop()
    {
        using var test = new TestLoop();
        LoopTask<int> task = test.Loop.CreateTask(Seven(), eagerStart: true);
        Assert.False(task.IsDone);
        test.Turn();
        Assert.True(task.IsDone);
    }

    [Fact]
    public void EagerTask_WithATokenThatIsCancelled_DoesNotRun() => Run(async () =>
    {
        bool ran = false;
        LoopTask task = Aio.CreateTask(Work(), eagerStart: true, cancellationToken: new CancellationToken(true));
        Assert.True(task.IsCancelled);
        await Throws<CancelledException>(task);
        Assert.False(ran);

        async Coroutine Work()
        {
            ran = true;
            await default(Coroutine);
        }
    });

    /// <summary>CPython: BaseTaskCountingTests.test_awaitables_chain, eager.</summary>
    [Fact]
    public void EagerTasks_InADeepChain_AllEndInsideTheCall() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Deep(200), eagerStart: true);
        Assert.True(task.IsDone);
        Assert.Equal(200, await task);

        static async Coroutine<int> Deep(int level) =>
            level == 0 ? 0 : 1 + await Aio.CreateTask(Deep(level - 1), eagerStart: true);
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_await_future_during_eager_step.</summary>
    [Fact]
    public void EagerStep_ThatSetsAFuturesResult_HasSetItBeforeTheAwait() => Run(async () =>
    {
        Future<string> future = EventLoop.Running.CreateFuture<string>();
        LoopTask task = Aio.CreateTask(Set("message"), eagerStart: true);
        Assert.True(task.IsDone);
        Assert.True(future.IsDone);
        Assert.Equal("message", await future);

        async Coroutine Set(string value)
        {
            await default(Coroutine);
            future.SetResult(value);
        }
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_cancellation_after_eager_completion.</summary>
    [Fact]
    public void Cancel_AfterAnEagerEnd_LeavesTheResult() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Seven(), eagerStart: true);
        Assert.False(task.Cancel());
        Assert.Equal(7, await task);
        Assert.False(task.IsCancelled);
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_cancellation_after_eager_step_blocks.</summary>
    [Fact]
    public void Cancel_AfterAnEagerStepThatWaits_ArrivesWithItsMessage() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Aio.Sleep(1.Seconds()), eagerStart: true);
        task.Cancel("message");
        Assert.True(task.Cancelling() > 0);
        Assert.Equal("message", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.Equal(TimeSpan.Zero, EventLoop.Running.Time);
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_current_task.</summary>
    [Fact]
    public void EagerTask_BeforeAndAfterItsWait_IsTheCurrentOne() => Run(async () =>
    {
        LoopTask? before = null;
        LoopTask? after = null;
        LoopTask task = Aio.CreateTask(Work(), eagerStart: true);
        Assert.Same(task, before);
        await task;
        Assert.Same(task, after);

        async Coroutine Work()
        {
            before = Aio.CurrentTask;
            await Aio.Sleep(1.Seconds());
            after = Aio.CurrentTask;
        }
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_all_tasks_with_eager_completion, _with_blocking.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EagerTask_IsAmongAllTasksUntilItsEnd(bool waits) => Run(async () =>
    {
        Future<int> begin = EventLoop.Running.CreateFuture<int>();
        Future<int> end = EventLoop.Running.CreateFuture<int>();
        IReadOnlyList<LoopTask> during = [];
        LoopTask task = Aio.CreateTask(Work(), eagerStart: true);
        Assert.Contains(task, during);
        if (waits)
        {
            Assert.Contains(task, Aio.AllTasks());
            begin.SetResult(1);
        }

        await end;
        Assert.DoesNotContain(task, Aio.AllTasks());

        async Coroutine Work()
        {
            during = Aio.AllTasks();
            if (waits)
            {
                await begin;
            }

            end.SetResult(2);
        }
    });

    /// <summary>CPython: BaseTaskTests.test_eager_start_true, test_eager_start_false,
    /// DefaultTaskFactoryEagerStart.test_eager_start_true_with_default_factory.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FirstStep_EagerOrNot_KnowsItsName(bool eager) => Run(async () =>
    {
        string? name = null;
        LoopTask task = EventLoop.Running.CreateTask(Work(), "example", eagerStart: eager);
        Assert.Equal(eager, task.IsDone);
        Assert.Equal(eager ? "example" : null, name);
        await task;
        Assert.Equal("example", name);

        async Coroutine Work()
        {
            name = Aio.CurrentTask!.Name;
            await default(Coroutine);
        }
    });

    private static async Coroutine<int> Seven()
    {
        await default(Coroutine);
        return 7;
    }
}
