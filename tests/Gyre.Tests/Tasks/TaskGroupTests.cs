using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>What a group starts, and how the block ends when nothing goes wrong.</summary>
public partial class TaskGroupTests
{
    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_01, test_taskgroup_02.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TaskGroup_WithTasks_ReturnsWhenTheLastHasEnded(bool eager) => Run(async () =>
    {
        LoopTask<int>? first = null;
        LoopTask<int>? second = null;
        await Aio.TaskGroup(async group =>
        {
            first = group.CreateTask(After(1, 42), eagerStart: eager);
            second = group.CreateTask(After(2, 11), eagerStart: eager);
            await default(Coroutine);
        });
        Assert.Equal(2.Seconds(), EventLoop.Running.Time);
        Assert.Equal((42, 11), (first!.Result, second!.Result));

        // One may be started in the middle of the body.
        await Aio.TaskGroup(async group =>
        {
            first = group.CreateTask(After(2, 43), eagerStart: eager);
            await Aio.Sleep(1.Seconds());
            second = group.CreateTask(After(3, 12), eagerStart: eager);
        });
        Assert.Equal(6.Seconds(), EventLoop.Running.Time);
        Assert.Equal((43, 12), (first.Result, second.Result));
    });

    [Fact]
    public void TaskGroup_WithABodyOnly_RunsItInTheCurrentTaskWithoutATrip() => Run(async () =>
    {
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        LoopTask task = Aio.CurrentTask!;
        int result = await Aio.TaskGroup(async _ =>
        {
            await default(Coroutine);
            Assert.Same(task, Aio.CurrentTask);
            return 5;
        });
        Assert.Equal(5, result);
        Assert.False(other);
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_23.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Count_OfALongBody_CountsOnlyTasksThatHaveNotEnded(bool eager) => Run(async () =>
        await Aio.TaskGroup(async group =>
        {
            for (int i = 0; i < 10; i++)
            {
                await Aio.Sleep(1.Seconds());
                _ = group.CreateTask(Aio.Sleep(2.5.Seconds()), eagerStart: eager);
                Assert.Equal(Math.Min(i + 1, 3), group.Count);
            }

            await Aio.Sleep(2.6.Seconds());
            Assert.Equal(0, group.Count);
        }));

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_24.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CreateTask_ByATaskOfTheGroupAfterTheBody_IsWaitedForToo(bool eager) => Run(async () =>
    {
        int ended = 0;
        await Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(Root(group), eagerStart: eager);
            await default(Coroutine);
        });
        Assert.Equal(2, ended);
        Assert.Equal(3.Seconds(), EventLoop.Running.Time);

        async Coroutine Root(TaskGroup group)
        {
            await Aio.Sleep(1.Seconds());
            _ = group.CreateTask(Leaf(1), eagerStart: eager);
            _ = group.CreateTask(Leaf(2), eagerStart: eager);
        }

        async Coroutine Leaf(int seconds)
        {
            await Aio.Sleep(seconds.Seconds());
            ended++;
        }
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_25.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Failure_WhileTasksStartMoreTasks_EndsThemAll(bool eager) => Run(async () =>
    {
        int started = 0;
        int running = 0;
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(Hydra(group), eagerStart: eager);
            _ = group.CreateTask(Hercules(), eagerStart: eager);
            await default(Coroutine);
        }));
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.InRange(started, 10, 100);
        Assert.Equal(0, running);

        async Coroutine Hydra(TaskGroup group)
        {
            started++;
            running++;
            try
            {
                await Aio.Sleep(1.Seconds());
                _ = group.CreateTask(Hydra(group), eagerStart: eager);
                _ = group.CreateTask(Hydra(group), eagerStart: eager);
            }
            finally
            {
                running--;
            }
        }

        async Coroutine Hercules()
        {
            while (started < 10)
            {
                await Aio.Sleep(1.5.Seconds());
            }

            throw new FormatException();
        }
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_task_name, test_name.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CreateTask_WithAName_TheTaskHasItFromItsFirstStepOn(bool eager) => Run(async () =>
    {
        string? inside = null;
        await Aio.TaskGroup(async group =>
        {
            LoopTask task = group.CreateTask(Work(), name: "one of many", eagerStart: eager);
            Assert.Equal("one of many", task.Name);
            await default(Coroutine);
        });
        Assert.Equal("one of many", inside);

        async Coroutine Work()
        {
            inside = Aio.CurrentTask!.Name;
            await Aio.Yield();
        }
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_task_context.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CreateTask_WithAContext_TheTaskRunsInIt(bool eager) => Run(async () =>
    {
        var local = new AsyncLocal<int>();
        await Aio.TaskGroup(async group =>
        {
            local.Value = 1;
            ExecutionContext context = ExecutionContext.Capture()!;
            local.Value = 2;
            Assert.Equal(1, await group.CreateTask(Read(), context: context, eagerStart: eager));
            Assert.Equal(2, await group.CreateTask(Read(), eagerStart: eager));
            Assert.Equal(2, local.Value);
        });

        async Coroutine<int> Read()
        {
            await Aio.Yield();
            int value = local.Value;
            local.Value = 99;
            return value;
        }
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_finished.</summary>
    [Fact]
    public void CreateTask_AfterTheEnd_IsRefusedAndTheCoroutineDiscarded() => Run(async () =>
    {
        TaskGroup? ended = null;
        await Aio.TaskGroup(async group =>
        {
            ended = group;
            await default(Coroutine);
        });
        Coroutine late = Aio.Sleep(1.Seconds());
        Coroutine<int> lateToo = After(1, 1);
        Assert.Contains(
            "has ended", Assert.Throws<InvalidOperationException>(() => { ended!.CreateTask(late); }).Message);
        Assert.Throws<InvalidOperationException>(() => { ended!.CreateTask(lateToo); });

        // Discarded: it can no longer be awaited, and is not reported as never awaited.
        await Throws<InvalidOperationException>(async () => await late);
        await Throws<InvalidOperationException>(async () => await lateToo);
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_no_create_task_after_failure.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CreateTask_WhileTheGroupIsCancelled_IsRefused(bool eager) => Run(async () =>
    {
        int refused = 0;
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(FailAfter(1), eagerStart: eager);
            _ = group.CreateTask(TryAgain(group), eagerStart: eager);
            await default(Coroutine);
        }));
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.Equal(1, refused);

        async Coroutine TryAgain(TaskGroup group)
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                Assert.Contains(
                    "being cancelled",
                    Assert.Throws<InvalidOperationException>(() => { group.CreateTask(FailAfter(1)); }).Message);
                refused++;
            }
        }
    });

    private static async Coroutine<int> After(int seconds, int result)
    {
        await Aio.Sleep(seconds.Seconds());
        return result;
    }

    private static async Coroutine FailAfter(double seconds)
    {
        await Aio.Sleep(seconds.Seconds());
        throw new FormatException();
    }

    /// <summary>Waits for ever, and fails in its clean-up.</summary>
    private static async Coroutine FailWhenCancelled()
    {
        try
        {
            await Forever();
        }
        finally
        {
            throw new FormatException();
        }
    }

    /// <summary>The types of the errors, each once.</summary>
    private static HashSet<Type> Types(AggregateException errors) =>
        [.. errors.InnerExceptions.Select(error => error.GetType())];
}
