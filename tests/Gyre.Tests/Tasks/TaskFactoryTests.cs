using System.Net;
using System.Net.Sockets;
using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>Task factories, eager ones and others. Guarantee G-22.</summary>
public class TaskFactoryTests
{
    /// <summary>CPython: BaseEventLoopTests.test_set_task_factory.</summary>
    [Fact]
    public void TaskFactory_Set_IsAskedForEveryTaskUntilItIsTakenAway() => Run(async () =>
    {
        var factory = new CountingFactory();
        EventLoop loop = EventLoop.Running;
        Assert.Null(loop.TaskFactory);
        loop.TaskFactory = factory;
        Assert.Same(factory, loop.TaskFactory);
        Assert.Equal(7, await Aio.CreateTask(Seven()));
        await loop.CreateTask(Aio.Sleep(1.Seconds()));
        Assert.Equal(2, factory.Tasks.Count);
        loop.TaskFactory = null;
        await Aio.CreateTask(Seven());
        Assert.Equal(2, factory.Tasks.Count);
    });

    /// <summary>CPython: BaseEventLoopTests.test_create_named_task_with_custom_factory.</summary>
    [Fact]
    public void TaskFactory_Asked_GetsEverythingThatTheCallerGave() => Run(async () =>
    {
        var factory = new CountingFactory();
        EventLoop.Running.TaskFactory = factory;
        using var source = new CancellationTokenSource();
        ExecutionContext context = ExecutionContext.Capture()!;
        await Aio.CreateTask(Seven(), "seven", context, eagerStart: true, source.Token);
        LoopTaskOptions options = Assert.Single(factory.Options);
        Assert.Equal("seven", options.Name);
        Assert.Same(context, options.Context);
        Assert.True(options.EagerStart);
        Assert.Equal(source.Token, options.CancellationToken);

        await Aio.CreateTask(Seven());
        Assert.Null(factory.Options[1].EagerStart);
        Assert.Null(factory.Options[1].Name);
    });

    [Fact]
    public void TaskFactory_ThatChangesTheOptions_DecidesNameAndStart() => Run(async () =>
    {
        EventLoop.Running.TaskFactory = new NamingFactory();
        LoopTask<int> task = Aio.CreateTask(Seven(), "seven");
        Assert.Equal("my seven", task.Name);
        Assert.True(task.IsDone);
        Assert.Equal(7, await task);
    });

    /// <summary>A group's task is inside the group's scope, whatever a factory does with its options.</summary>
    [Fact]
    public void TaskFactory_InAGroup_KeepsTheTaskInItsScope() => Run(async () =>
    {
        EventLoop.Running.TaskFactory = new NamingFactory();
        LoopTask? child = null;
        await Aio.CancelScope(async scope => await Aio.TaskGroup(async group =>
        {
            child = group.CreateTask(Forever(), "child");
            await Aio.Yield();
            scope.Cancel();
        }));
        Assert.True(child!.IsCancelled);
        Assert.Equal("my child", child.Name);
    });

    [Fact]
    public void TaskFactory_ThatThrows_ThrowsAtTheCaller() => Run(async () =>
    {
        EventLoop.Running.TaskFactory = new ThrowingFactory();
        Coroutine<int> coroutine = Seven();
        Assert.Throws<FormatException>(() => Aio.CreateTask(coroutine));
        Assert.Equal(7, await coroutine);
        await Aio.TaskGroup(async group =>
        {
            Coroutine refused = Forever();
            Assert.Throws<FormatException>(() => group.CreateTask(refused));
            refused.Discard();
            Assert.Equal(0, group.Count);
            await default(Coroutine);
        });
        EventLoop.Running.TaskFactory = null;
    });

    [Fact]
    public void TaskFactory_ThatReturnsNothing_IsNamed() => Run(async () =>
    {
        EventLoop.Running.TaskFactory = new EmptyFactory();
        Coroutine coroutine = Forever();
        var error = Assert.Throws<InvalidOperationException>(() => Aio.CreateTask(coroutine));
        Assert.Contains(nameof(EmptyFactory), error.Message, StringComparison.Ordinal);
        coroutine.Discard();
        EventLoop.Running.TaskFactory = null;
        await default(Coroutine);
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_eager_task_factory_set, test_eager_completion,
    /// test_block_after_eager_step.</summary>
    [Fact]
    public void EagerFactory_Set_StartsEveryTaskInsideTheCall() => Run(async () =>
    {
        EventLoop.Running.TaskFactory = Aio.EagerTaskFactory;
        LoopTask<int> ended = Aio.CreateTask(Seven());
        Assert.True(ended.IsDone);
        LoopTask<int> blocked = Aio.CreateTask(Aio.Sleep(1.Seconds(), 8));
        Assert.False(blocked.IsDone);
        Assert.Equal((7, 8), (await ended, await blocked));
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_eager_start_false.</summary>
    [Fact]
    public void EagerStart_Given_OutranksTheFactory() => Run(async () =>
    {
        EventLoop.Running.TaskFactory = Aio.EagerTaskFactory;
        LoopTask<int> task = Aio.CreateTask(Seven(), eagerStart: false);
        Assert.False(task.IsDone);
        await task;
        await Aio.TaskGroup(async group =>
        {
            Assert.False(group.CreateTask(Seven(), eagerStart: false).IsDone);
            Assert.True(group.CreateTask(Seven()).IsDone);
            await default(Coroutine);
        });
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_all_tasks_with_eager_completion, _with_blocking.</summary>
    [Fact]
    public void AllTasks_DuringAnEagerStep_HasTheTask() => Run(async () =>
    {
        EventLoop.Running.TaskFactory = Aio.EagerTaskFactory;
        IReadOnlyList<LoopTask> seen = [];
        LoopTask ended = Aio.CreateTask(Look(TimeSpan.Zero));
        Assert.Contains(ended, seen);
        Assert.DoesNotContain(ended, Aio.AllTasks());

        LoopTask blocked = Aio.CreateTask(Look(1.Seconds()));
        Assert.Contains(blocked, seen);
        Assert.Contains(blocked, Aio.AllTasks());
        await blocked;
        Assert.DoesNotContain(blocked, Aio.AllTasks());

        async Coroutine Look(TimeSpan wait)
        {
            seen = Aio.AllTasks();
            if (wait > TimeSpan.Zero)
            {
                await Aio.Sleep(wait);
            }
        }
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_cancellation_after_eager_completion,
    /// test_cancellation_after_eager_step_blocks.</summary>
    [Fact]
    public void Cancel_OfAnEagerTask_ReachesItWhereItBlocks() => Run(async () =>
    {
        EventLoop.Running.TaskFactory = Aio.EagerTaskFactory;
        LoopTask<int> ended = Aio.CreateTask(Seven());
        Assert.False(ended.Cancel());
        Assert.Equal(7, await ended);
        LoopTask blocked = Aio.CreateTask(Forever());
        Assert.True(blocked.Cancel("enough"));
        Assert.Equal(1, blocked.Cancelling());
        Assert.Equal("enough", (await Throws<CancelledException>(blocked)).CancelMessage);
    });

    /// <summary>CPython: EagerTaskFactoryLoopTests.test_staggered_race_with_eager_tasks.</summary>
    [Fact]
    public void EagerFactory_DuringAConnect_ChangesNothing() => Aio.Run(async () =>
    {
        EventLoop.Running.TaskFactory = Aio.EagerTaskFactory;
        await using Server server = await Aio.StartServer(Echo, IPAddress.Loopback.ToString(), 0);
        var endPoint = (IPEndPoint)server.EndPoints[0];
        await using Connection connection = await Aio.OpenConnection("localhost", endPoint.Port);
        connection.Writer.WriteText("hello\n");
        Assert.Equal("hello", await connection.Reader.ReadTextLineAsync());

        static async Coroutine Echo(LoopStreamReader reader, LoopStreamWriter writer)
        {
            writer.WriteText(await reader.ReadTextLineAsync() + "\n");
            await writer.DrainAsync();
            writer.Close();
        }
    });

    /// <summary>A task that is started eagerly may end the group before the group has heard of it.</summary>
    [Fact]
    public void EagerTask_ThatCancelsItsGroup_IsCancelledToo() => Run(async () =>
    {
        LoopTask? task = null;
        await Aio.TaskGroup(async group =>
        {
            task = group.CreateTask(End(group), eagerStart: true);
            await default(Coroutine);
        });
        Assert.True(task!.IsCancelled);

        static async Coroutine End(TaskGroup group)
        {
            group.Cancel();
            await Forever();
        }
    });

    /// <summary>CPython: BaseTaskCountingTests, eager and not: test_awaitables_chain, test_recursive_taskgroups,
    /// test_recursive_gather.</summary>
    [Theory]
    [InlineData(false, 780)]
    [InlineData(true, 0)]
    public void Recursion_InGroupsAndGathers_GivesTheLoopAsManyTasksAsExpected(bool eager, int tasks) => Run(async () =>
    {
        var factory = new CountingFactory();
        EventLoop.Running.TaskFactory = eager ? Aio.CreateEagerTaskFactory(factory) : factory;
        await Groups(depth: 4);
        Assert.Equal(tasks, factory.NotEager);
        factory.NotEager = 0;
        await Gathers(depth: 4);
        Assert.Equal(tasks, factory.NotEager);
        factory.NotEager = 0;
        Assert.Equal(100, await Chain(100));
        Assert.Equal(0, factory.NotEager);

        static async Coroutine Groups(int depth)
        {
            if (depth > 0)
            {
                await Aio.TaskGroup(async group =>
                {
                    for (int i = 0; i < 5; i++)
                    {
                        _ = group.CreateTask(Groups(depth - 1));
                    }

                    await default(Coroutine);
                });
            }
        }

        static async Coroutine Gathers(int depth)
        {
            if (depth > 0)
            {
                await Aio.Gather(Enumerable.Range(0, 5).Select(_ => Gathers(depth - 1)));
            }
        }

        static async Coroutine<int> Chain(int depth) => depth == 0 ? 0 : 1 + await Chain(depth - 1);
    });

    /// <summary>Python raises a RecursionError there; the stack of .NET cannot be grown, and its end is the
    /// process's.</summary>
    [Fact]
    public void EagerTasks_OneInsideTheOther_MayBeAsManyAsMemoryAllows() => Run(async () =>
    {
        EventLoop.Running.TaskFactory = Aio.EagerTaskFactory;
        Assert.Equal(20_000, await Aio.CreateTask(Deep(20_000)));

        static async Coroutine<int> Deep(int level) => level == 0 ? 0 : 1 + await Aio.CreateTask(Deep(level - 1));
    });

    private static async Coroutine<int> Seven()
    {
        await default(Coroutine);
        return 7;
    }

    private sealed class CountingFactory : LoopTaskFactory
    {
        public List<LoopTask> Tasks { get; } = [];

        public List<LoopTaskOptions> Options { get; } = [];

        public int NotEager { get; set; }

        public override LoopTask CreateTask(EventLoop loop, Coroutine coroutine, LoopTaskOptions options) =>
            Count(base.CreateTask(loop, coroutine, options), options);

        public override LoopTask<T> CreateTask<T>(EventLoop loop, Coroutine<T> coroutine, LoopTaskOptions options) =>
            Count(base.CreateTask(loop, coroutine, options), options);

        private TTask Count<TTask>(TTask task, LoopTaskOptions options)
            where TTask : LoopTask
        {
            Tasks.Add(task);
            Options.Add(options);
            NotEager += options.EagerStart == true ? 0 : 1;
            return task;
        }
    }

    private sealed class NamingFactory : LoopTaskFactory
    {
        public override LoopTask CreateTask(EventLoop loop, Coroutine coroutine, LoopTaskOptions options) =>
            base.CreateTask(loop, coroutine, options with { Name = "my " + options.Name, EagerStart = true });

        public override LoopTask<T> CreateTask<T>(EventLoop loop, Coroutine<T> coroutine, LoopTaskOptions options) =>
            base.CreateTask(loop, coroutine, options with { Name = "my " + options.Name, EagerStart = true });
    }

    private sealed class ThrowingFactory : LoopTaskFactory
    {
        public override LoopTask CreateTask(EventLoop loop, Coroutine coroutine, LoopTaskOptions options) =>
            throw new FormatException();

        public override LoopTask<T> CreateTask<T>(EventLoop loop, Coroutine<T> coroutine, LoopTaskOptions options) =>
            throw new FormatException();
    }

    private sealed class EmptyFactory : LoopTaskFactory
    {
        public override LoopTask CreateTask(EventLoop loop, Coroutine coroutine, LoopTaskOptions options) => null!;
    }
}
