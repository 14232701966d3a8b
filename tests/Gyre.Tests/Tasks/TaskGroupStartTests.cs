using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>Tasks of a group that nobody else awaits, and tokens for them.</summary>
public class TaskGroupStartTests
{
    /// <summary>Guarantee G-33.</summary>
    [Fact]
    public void Start_OfCoroutines_IsAwaitedByTheGroup() => Run(async () =>
    {
        var log = new List<string>();
        await Aio.TaskGroup(async group =>
        {
            group.Start(Write("a", 2), name: "first");
            group.Start(Write("b", 1));
            group.Start(Seven(), eagerStart: true);
            Assert.Equal(3, group.Count);
            Assert.Contains(Aio.AllTasks(), task => task.Name == "first");
            await default(Coroutine);
        });
        Assert.Equal(["b", "a"], log);

        async Coroutine Write(string line, int seconds)
        {
            await Aio.Sleep(seconds.Seconds());
            log.Add(line);
        }
    });

    [Fact]
    public void Start_OfWhatFails_FailsTheGroup() => Run(async () =>
    {
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            group.Start(Fail());
            await Forever();
        }));
        Assert.IsType<FormatException>(Assert.Single(errors.InnerExceptions));

        static async Coroutine Fail()
        {
            await Aio.Yield();
            throw new FormatException();
        }
    });

    /// <summary>CPython: TestTaskGroup.test_taskgroup_finished.</summary>
    [Fact]
    public void Start_AfterTheEnd_IsRefusedAndDiscardsTheCoroutine() => Run(async () =>
    {
        TaskGroup? ended = null;
        await Aio.TaskGroup(async group =>
        {
            ended = group;
            await default(Coroutine);
        });
        Assert.Throws<InvalidOperationException>(() => ended!.Start(Forever()));
        Assert.Throws<InvalidOperationException>(() => ended!.Start(Seven()));
    });

    /// <summary>Guarantee G-49.</summary>
    [Fact]
    public void CreateTask_WithAToken_IsCancelledByItAndNoFailure() => Run(async () =>
    {
        using var source = new CancellationTokenSource();
        LoopTask? typed = null;
        LoopTask? other = null;
        await Aio.TaskGroup(async group =>
        {
            LoopTask task = group.CreateTask(Forever(), cancellationToken: source.Token);
            typed = group.CreateTask(Aio.Sleep(9.Seconds(), 1), cancellationToken: source.Token);
            group.Start(Forever(), cancellationToken: source.Token);
            other = group.CreateTask(Aio.Sleep(1.Seconds()));
            await Aio.Yield();
            await source.CancelAsync();
            await Throws<CancelledException>(task);
        });
        Assert.True(typed!.IsCancelled);
        Assert.False(other!.IsCancelled);
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);
    });

    private static async Coroutine<int> Seven()
    {
        await default(Coroutine);
        return 7;
    }
}
