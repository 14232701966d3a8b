using System.Runtime.CompilerServices;
using Gyre.Testing;

namespace Gyre.Tests.Tasks;

/// <summary>In debug mode tasks and futures know where the program has made them.</summary>
public class CreationSiteTests
{
    /// <summary>CPython: BaseTaskTests.test_task_source_traceback.</summary>
    [Fact]
    public void CreatedAt_OfATask_InDebugMode_IsTheLineThatMadeIt() => Run(debug: true, async () =>
    {
        LoopTask task = Aio.CreateTask(Return());
        Assert.Equal(Above(), task.CreatedAt);
        Assert.EndsWith($", created at {Above(2)}]", task.ToString());
        LoopTask<int> typed = EventLoop.Running.CreateTask(ReturnOne());
        Assert.Equal(Above(), typed.CreatedAt);
        await Aio.TaskGroup(async group =>
        {
            LoopTask inside = group.CreateTask(Return());
            Assert.Equal(Above(), inside.CreatedAt);
            await Aio.Yield();
        });
        await task;
        await typed;
        Assert.Contains("created at", typed.ToString());
    });

    /// <summary>CPython: BaseFutureTests.test_future_source_traceback.</summary>
    [Fact]
    public void CreatedAt_OfAFuture_InDebugMode_IsTheLineThatMadeIt() => Run(debug: true, async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        Assert.Equal(Above(), future.CreatedAt);
        Assert.Contains($"created at {Above(2)}", $"{future}");
    });

    [Fact]
    public void CreatedAt_WithoutDebugMode_IsUnknown() => Run(debug: false, async () =>
    {
        Assert.Null(Aio.CreateTask(Return()).CreatedAt);
        Assert.Null(EventLoop.Running.CreateFuture<int>().CreatedAt);
    });

    [Fact]
    public void CreatedAt_OfWhatTheLibraryMakes_IsUnknown() => Run(debug: true, async () =>
    {
        Assert.Null(Aio.CurrentTask!.CreatedAt);
        Future<int[]> gather = Aio.Gather(ReturnOne(), ReturnOne());
        Assert.Null(gather.CreatedAt);
        Assert.All(Aio.AllTasks(), task => Assert.Null(task.CreatedAt));
        await gather;
    });

    [Fact]
    public void Report_OfATaskThatIsPendingAtTheEnd_SaysWhereItWasMade()
    {
        List<string> reports = [];
        string? place = null;
        using (var loop = new EventLoop(new VirtualClock().CreateOptions()) { Debug = true })
        {
            loop.ExceptionHandler = (_, context) => reports.Add($"{context}");
            _ = loop.CreateTask(Aio.Sleep(1.Seconds()));
            place = Above();
        }

        Assert.Contains($"created at {place}", Assert.Single(reports));
    }

    [Fact]
    public void Report_OfAnErrorThatNobodyHasSeen_SaysWhereTheTaskWasMade()
    {
        List<string> reports = [];
        string? place = null;
        Run(debug: true, async () =>
        {
            EventLoop.Running.ExceptionHandler = (_, context) => reports.Add($"{context}");
            place = Fail();
            await Aio.Yield();
            await Aio.Yield();
            while (reports.Count == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Aio.Yield();
            }
        });
        Assert.Contains($"created at {place}", Assert.Single(reports));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static string Fail()
        {
            _ = Aio.CreateTask(Throw());
            return Above();
        }
    }

    private static void Run(bool debug, Func<Coroutine> scenario) =>
        Aio.Run(scenario, new EventLoopOptions { Debug = debug });

    /// <summary>The place so many lines above the call.</summary>
    private static string Above(int lines = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        $"{file}:{line - lines}";

    private static async Coroutine Return()
    {
    }

    private static async Coroutine<int> ReturnOne() => 1;

    private static async Coroutine Throw() => throw new ArithmeticException();
}
