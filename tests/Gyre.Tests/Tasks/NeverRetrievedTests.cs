using System.Runtime.CompilerServices;

namespace Gyre.Tests.Tasks;

/// <summary>An error that nobody looked at is reported when its future is collected, and no other error is.</summary>
[Collection(nameof(SequentialCollection))]
public class NeverRetrievedTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    /// <summary>CPython: BaseFutureTests.test_tb_logger_exception_unretrieved,
    /// test_future_exception_never_retrieved, test_future_exception_never_retrieved_debug.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Future_WhoseErrorNobodySaw_IsReported(bool debug)
    {
        using var test = new TestLoop(debug);
        Make(test, static future => future.SetException(new FormatException("unseen")));
        CollectUntilReported(test);
        ExceptionContext report = Assert.Single(test.Reports);
        Assert.Equal("unseen", report.Exception!.Message);
        Assert.Contains("never retrieved", report.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<Future>(report.Source);
    }

    /// <summary>CPython: BaseEventLoopTests.test_default_exc_handler_coro.</summary>
    [Fact]
    public void Task_WhoseErrorNobodySaw_IsReportedByName()
    {
        using var test = new TestLoop();
        RunATask(test);
        CollectUntilReported(test);
        Assert.Contains("'the task'", Assert.Single(test.Reports).Message, StringComparison.Ordinal);
    }

    /// <summary>CPython: BaseFutureTests.test_tb_logger_abandoned, _result_unretrieved, _result_retrieved,
    /// _exception_retrieved, _exception_result_retrieved, _not_called_after_cancel;
    /// BaseTaskTests.test_tb_logger_not_called_after_cancel.</summary>
    [Theory]
    [InlineData("pending")]
    [InlineData("result")]
    [InlineData("result read")]
    [InlineData("cancelled")]
    [InlineData("exception looked at")]
    [InlineData("result asked for")]
    [InlineData("awaited")]
    [InlineData("gathered")]
    [InlineData("as task")]
    [InlineData("failed, then cancelled")]
    [InlineData("failed as a task, then cancelled")]
    public void Future_OfAnyOtherEnd_IsNotReported(string end)
    {
        using var test = new TestLoop();
        Make(test, future => Use(test, future, end));
        Garbage.Collect();
        test.Turns(2);
        Assert.Empty(test.Reports);
    }

    /// <summary>CPython: FutureTests.test_task_exc_handler_correct_context.</summary>
    [Fact]
    public void Report_OfATask_RunsInTheContextOfTheTask()
    {
        using var test = new TestLoop();
        string? seen = null;
        test.Loop.ExceptionHandler = (_, context) =>
        {
            seen = s_local.Value;
            test.Reports.Add(context);
        };
        RunATaskThatSets(test);
        CollectUntilReported(test);
        Assert.Equal("of the task", seen);
        Assert.Null(s_local.Value);
    }

    [Fact]
    public void IsFaulted_DoesNotCountAsLooking()
    {
        using var test = new TestLoop();
        Make(test, static future =>
        {
            future.SetException(new FormatException("unseen"));
            Assert.True(future.IsFaulted);
        });
        CollectUntilReported(test);
    }

    /// <summary>asyncio looks at the error here, and so hides it; Gyre does not.</summary>
    [Fact]
    public void WaitForTheFirstException_DoesNotCountAsLooking()
    {
        using var test = new TestLoop();
        Make(test, future =>
        {
            future.SetException(new FormatException("unseen"));
            test.Run(async () => await Aio.Wait([future], returnWhen: WhenDone.FirstException));
        });
        CollectUntilReported(test);
    }

    [Fact]
    public void Future_OfAClosedLoop_IsWrittenToStandardError()
    {
        TextWriter before = Console.Error;
        using var writer = new StringWriter();
        Console.SetError(TextWriter.Synchronized(writer));
        try
        {
            var test = new TestLoop();
            Make(test, static future => future.SetException(new FormatException("unseen and closed")));
            test.Dispose();
            Garbage.CollectUntil(() => writer.ToString().Contains("unseen and closed", StringComparison.Ordinal));
            Assert.Empty(test.Reports);
        }
        finally
        {
            Console.SetError(before);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Make(TestLoop test, Action<Future<int>> use) => use(test.Loop.CreateFuture<int>());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunATask(TestLoop test)
    {
        test.Loop.CreateTask(Fail(), name: "the task");
        test.Turns(3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunATaskThatSets(TestLoop test)
    {
        test.Loop.CreateTask(SetAndFail());
        test.Turns(3);

        static async Coroutine SetAndFail()
        {
            s_local.Value = "of the task";
            await Fail();
        }
    }

    private static async Coroutine Fail()
    {
        await Aio.Yield();
        throw new FormatException("unseen");
    }

    private static void Use(TestLoop test, Future<int> future, string end)
    {
        switch (end)
        {
            case "pending":
                return;
            case "result":
                future.SetResult(1);
                return;
            case "result read":
                future.SetResult(1);
                Assert.Equal(1, future.Result);
                return;
            case "cancelled":
                future.Cancel();
                return;
            case "failed as a task, then cancelled":
                LoopTask task = test.Loop.CreateTask(Fail());
                test.Turns(2);
                Assert.True(task.IsFaulted);
                Assert.False(task.Cancel());
                return;
        }

        future.SetException(new FormatException("seen"));
        switch (end)
        {
            case "exception looked at":
                Assert.NotNull(future.Exception);
                break;
            case "result asked for":
                Assert.Throws<FormatException>(() => future.Result);
                break;
            case "awaited":
                Assert.Throws<FormatException>(() => test.Run(async () => await future));
                break;
            case "gathered":
                Assert.Throws<FormatException>(() => test.Run(async () => await Aio.Gather(future)));
                break;
            case "failed, then cancelled":
                Assert.False(future.Cancel());
                break;
            case "as task":
                Assert.NotNull(future.AsTask().Exception);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(end));
        }
    }

    private static void CollectUntilReported(TestLoop test) => Garbage.CollectUntil(() =>
    {
        test.Turn();
        return test.Reports.Count > 0;
    });
}
