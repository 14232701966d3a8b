using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>What futures and tasks say of themselves.</summary>
public class DescriptionTests
{
    /// <summary>CPython: BaseFutureTests.test_future_repr.</summary>
    [Fact]
    public void ToString_OfAFuture_SaysHowItStandsAndHowItEnded()
    {
        using var test = new TestLoop();
        EventLoop loop = test.Loop;
        Assert.Equal("Future [pending]", loop.CreateFuture<int>().ToString());

        Future<int> cancelled = loop.CreateFuture<int>();
        cancelled.AddDoneCallback(static (Future _) => { });
        Assert.Equal("Future [pending, callbacks: 1]", cancelled.ToString());
        cancelled.Cancel();
        Assert.Equal("Future [cancelled]", cancelled.ToString());

        Future<int> finished = loop.CreateFuture<int>();
        for (int i = 0; i < 10; i++)
        {
            finished.AddDoneCallback(static (Future _) => { });
        }

        Assert.Equal("Future [pending, callbacks: 10]", finished.ToString());
        finished.SetResult(4);
        Assert.Equal("Future [finished, result: 4]", finished.ToString());

        Future<int> failed = loop.CreateFuture<int>();
        failed.SetException(new FormatException("x"));
        Assert.Equal("Future [finished, FormatException: x]", failed.ToString());
        Assert.IsType<FormatException>(failed.Exception);
    }

    [Fact]
    public void ToString_OfAResult_IsShortAndKnowsNull()
    {
        using var test = new TestLoop();
        Future<string?> none = test.Loop.CreateFuture<string?>();
        none.SetResult(null);
        Assert.Equal("Future [finished, result: null]", none.ToString());
        Future<string> page = test.Loop.CreateFuture<string>();
        page.SetResult(new string('a', 101));
        Assert.Equal($"Future [finished, result: {new string('a', 100)}…]", page.ToString());
    }

    /// <summary>CPython: BaseTaskTests.test_task_repr.</summary>
    [Fact]
    public void ToString_OfATask_SaysItsNameItsPlaceAndHowItEnded() => Run(async () =>
    {
        LoopTask<string> task = Aio.CreateTask(Work(), "mine");
        task.AddDoneCallback(static (LoopTask<string> _) => { });
        Assert.Equal("task 'mine' [pending, in Work, callbacks: 1]", Text(task));
        task.Cancel();
        Assert.Equal("task 'mine' [cancelling, in Work, callbacks: 1]", Text(task));
        await Throws<CancelledException>(task);
        Assert.Equal("task 'mine' [cancelled]", Text(task));

        LoopTask<string> finished = Aio.CreateTask(Work(), "mine");
        await finished;
        Assert.Equal("task 'mine' [finished, result: abc]", Text(finished));
        LoopTask plain = Aio.CreateTask(Turns(), "plain");
        await plain;
        Assert.Equal("task 'plain' [finished]", Text(plain));

        static async Coroutine<string> Work()
        {
            await Aio.Yield();
            return "abc";
        }
    });

    /// <summary>CPython: BaseTaskTests.test_task_repr_wait_for.</summary>
    [Fact]
    public void ToString_OfATaskThatWaits_SaysForWhat() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask inner = Aio.CreateTask(Wait(future), "inner");
        LoopTask outer = Aio.CreateTask(Wait(inner), "outer");
        await Turns();
        Assert.Equal("task 'inner' [pending, in Wait, waits for Future, callbacks: 1]", Text(inner));
        Assert.Equal("task 'outer' [pending, in Wait, waits for task 'inner']", Text(outer));
        future.SetResult(1);
        await outer;

        static async Coroutine Wait(Future future) => await future;
    });

    /// <summary>To describe an error is not to look at it.</summary>
    [Fact]
    public void ToString_OfAFailedFuture_DoesNotCountAsLooking()
    {
        using var test = new TestLoop();
        test.Loop.UnseenErrors = [];
        Future<int> failed = test.Loop.CreateFuture<int>();
        failed.SetException(new FormatException("x"));
        _ = failed.ToString();
        Assert.Single(test.Loop.UnseenErrors);
        Assert.NotNull(failed.Exception);
        Assert.Empty(test.Loop.UnseenErrors);
    }

    /// <summary>The text without the place where debug mode says that it was made, which is another test's.</summary>
    private static string Text(Future future) =>
        $"{future}".Replace($", created at {future.CreatedAt}", "", StringComparison.Ordinal);
}
