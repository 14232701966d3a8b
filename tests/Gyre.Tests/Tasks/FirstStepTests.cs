using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>When tasks that are made one after another take their first steps.</summary>
public class FirstStepTests
{
    [Fact]
    public void FirstSteps_AmongCallbacks_ComeInTheOrderInWhichAllWereScheduled() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        var order = new List<string>();
        for (int i = 0; i < 3; i++)
        {
            _ = Aio.CreateTask(Note($"a{i}"));
        }

        loop.CallSoon(() => order.Add("callback"));
        _ = Aio.CreateTask(Note("b"));
        _ = Aio.CreateTask(Note("eager"), eagerStart: true);
        _ = Aio.CreateTask(Note("c"));
        await Aio.Yield();
        Assert.Equal(["eager", "a0", "a1", "a2", "callback", "b", "c"], order);
        await Turns();
        Assert.Equal(["eager", "a0", "a1", "a2", "callback", "b", "c", "a0+", "a1+", "a2+", "b+", "c+"], order[..12]);

        async Coroutine Note(string name)
        {
            order.Add(name);
            if (name != "eager")
            {
                await Aio.Yield();
                order.Add(name + "+");
            }
        }
    });

    [Fact]
    public void FirstStep_OfATaskMadeInAnIteration_ComesInTheNext()
    {
        using var test = new TestLoop();
        long first = 0;
        long second = 0;
        test.Loop.CallSoon(() => test.Loop.CreateTask(Note(() => second = test.Loop.Iterations)));
        test.Loop.CreateTask(Note(() => first = test.Loop.Iterations));
        test.Turn();
        Assert.Equal(0, second);
        test.Turn();
        Assert.Equal(first + 1, second);
    }

    [Fact]
    public void FirstSteps_ThatMakeTasks_DoNotKeepTheLoopInOneIteration() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        var iterations = new List<long>();
        _ = Aio.CreateTask(Descend(5));
        _ = Aio.CreateTask(Descend(5));
        await Turns(20);
        Assert.Equal(12, iterations.Count);
        Assert.Equal(6, iterations.Distinct().Count());

        async Coroutine Descend(int depth)
        {
            iterations.Add(loop.Iterations);
            if (depth > 0)
            {
                _ = Aio.CreateTask(Descend(depth - 1));
            }
        }
    });

    [Fact]
    public void FirstSteps_SomeOfThemCancelledBefore_RunWithoutThose() => Run(async () =>
    {
        var ran = new List<int>();
        LoopTask[] tasks = [.. Enumerable.Range(0, 6).Select(i => Aio.CreateTask(Note(() => ran.Add(i))))];
        tasks[0].Cancel();
        tasks[3].Cancel();
        tasks[5].Cancel();
        await Aio.Yield();
        Assert.Equal([1, 2, 4], ran);
        Assert.Equal([true, false, false, true, false, true], tasks.Select(task => task.IsCancelled));
        Assert.All(tasks, task => Assert.True(task.IsDone));
    });

    [Fact]
    public void TasksThatNeverTookAStep_AreEachReportedWhenTheLoopCloses()
    {
        var test = new TestLoop();
        for (int i = 0; i < 3; i++)
        {
            test.Loop.CreateTask(Note(() => { }), $"task {i}");
        }

        test.Dispose();
        Assert.Equal(3, test.Reports.Count);
    }

    private static async Coroutine Note(Action action) => action();
}
