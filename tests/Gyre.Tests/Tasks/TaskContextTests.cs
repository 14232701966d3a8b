using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>The context of a task: where it comes from, and who sees what it sets.</summary>
public class TaskContextTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    /// <summary>CPython: BaseTaskTests.test_context_1.</summary>
    [Fact]
    public void CreatorAndTask_SetAfterTheCall_DoNotSeeEachOther() => Run(async () =>
    {
        Assert.Null(s_local.Value);
        LoopTask task = Aio.CreateTask(Sub());
        s_local.Value = "creator";
        await task;
        Assert.Equal("creator", s_local.Value);

        static async Coroutine Sub()
        {
            await Aio.Sleep(1.Seconds());
            Assert.Null(s_local.Value);
            s_local.Value = "task";
        }
    });

    /// <summary>CPython: BaseTaskTests.test_context_2.</summary>
    [Fact]
    public void Task_WhoseFutureHasCallbacksThatSet_KeepsItsOwnValues() => Run(async () =>
    {
        for (int i = 0; i < 2; i++)
        {
            Future<int> future = EventLoop.Running.CreateFuture<int>();
            future.AddDoneCallback(static _ => s_local.Value = "callback");
            s_local.Value = $"task {i}";
            EventLoop.Running.CallSoon(() => future.SetResult(1));
            await future;
            Assert.Equal($"task {i}", s_local.Value);
            for (int j = 0; j < 3; j++)
            {
                s_local.Value = $"task {i}-{j}";
                await Aio.Sleep(1.Milliseconds());
                Assert.Equal($"task {i}-{j}", s_local.Value);
            }
        }
    });

    /// <summary>A context is a value in .NET: what the first task has set, its context has afterwards.</summary>
    /// <remarks>CPython: BaseTaskTests.test_context_4, test_context_5, test_context_6.</remarks>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CreateTask_WithTheContextOfAnEarlierTask_GoesOnWithItsValues(bool onLoop) => Run(async () =>
    {
        var seen = new List<string?>();
        ExecutionContext context = ExecutionContext.Capture()!;
        LoopTask first = Start("1", context);
        await first;
        LoopTask second = Start("2", first.Context!);
        await second;
        ExecutionContext.Run(second.Context!, _ => seen.Add(s_local.Value), null);
        Assert.Equal([null, "1", "2"], seen);
        Assert.Null(s_local.Value);

        LoopTask Start(string value, ExecutionContext given) => onLoop
            ? EventLoop.Running.CreateTask(Set(value), context: given)
            : Aio.CreateTask(Set(value), context: given);

        async Coroutine Set(string value)
        {
            await Aio.Yield();
            seen.Add(s_local.Value);
            s_local.Value = value;
        }
    });

    /// <summary>CPython: BaseTaskTests.test_get_context.</summary>
    [Fact]
    public void Context_OfATaskThatSetsNothing_IsTheOneGiven() => Run(async () =>
    {
        s_local.Value = "given";
        ExecutionContext given = ExecutionContext.Capture()!;
        s_local.Value = "other";
        LoopTask task = Aio.CreateTask(Turns(2), context: given);
        Assert.Same(given, task.Context);
        await task;
        Assert.Same(given, task.Context);
    });
}
