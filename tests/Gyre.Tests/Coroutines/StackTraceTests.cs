namespace Gyre.Tests.Coroutines;

public class StackTraceTests
{
    [Fact]
    public void Trace_OfAnErrorFromBelow_NamesEveryMethodOfTheChainInOrder()
    {
        using var test = new TestLoop();
        var error = Assert.Throws<FormatException>(() => test.Run(TopLevel));
        AssertInOrder(error, nameof(BottomLevel), nameof(MiddleLevel), nameof(TopLevel));
    }

    [Fact]
    public void Trace_ThroughTasks_NamesTheMethodsOfBoth()
    {
        using var test = new TestLoop();
        var error = Assert.Throws<FormatException>(() => test.Run(TaskLevel));
        AssertInOrder(error, nameof(BottomLevel), nameof(MiddleLevel), nameof(TaskLevel));
    }

    [Fact]
    public void Trace_ShowsNothingOfTheLibrarysMachineryBetweenTheMethods()
    {
        using var test = new TestLoop();
        var error = Assert.Throws<FormatException>(() => test.Run(TopLevel));
        string chain = error.StackTrace![..error.StackTrace!.IndexOf(nameof(TopLevel), StringComparison.Ordinal)];
        Assert.DoesNotContain("GetResult", chain, StringComparison.Ordinal);
        Assert.DoesNotContain("CoroutineBox", chain, StringComparison.Ordinal);
        Assert.DoesNotContain("ExceptionDispatchInfo", chain, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_OfATaskAwaitedTwice_DoesNotGrow()
    {
        using var test = new TestLoop();
        var lengths = new List<int>();
        test.Run(async () =>
        {
            LoopTask task = Aio.CreateTask(MiddleLevel());
            for (int i = 0; i < 3; i++)
            {
                try
                {
                    await task;
                }
                catch (FormatException e)
                {
                    lengths.Add(e.StackTrace!.Length);
                }
            }
        });
        Assert.Equal(3, lengths.Count);
        Assert.Single(lengths.Distinct());
    }

    [Fact]
    public void Trace_OfAVeryDeepChain_KeepsItsInnermostLevels()
    {
        using var test = new TestLoop();
        var error = Assert.Throws<FormatException>(() => test.Run(() => Deep(1_000)));
        string[] lines = error.StackTrace!.Split(Environment.NewLine);
        Assert.Contains(nameof(BottomLevel), lines[0], StringComparison.Ordinal);
        Assert.InRange(lines.Count(line => line.Contains(nameof(Deep), StringComparison.Ordinal)), 100, 200);

        static async Coroutine Deep(int level)
        {
            if (level == 0)
            {
                await BottomLevel();
            }
            else
            {
                await Deep(level - 1);
            }
        }
    }

    [Fact]
    public void CoroutineName_OfAWaitingTask_IsTheInnermostMethod()
    {
        using var test = new TestLoop();
        test.Run(async () =>
        {
            LoopTask task = Aio.CreateTask(Outer());
            Assert.Equal(nameof(Outer), task.CoroutineName);
            await Aio.Yield();
            Assert.Equal(nameof(Waiting), task.CoroutineName);
            task.Cancel();
            await Aio.Yield();
            Assert.True(task.IsDone);
            Assert.Null(task.CoroutineName);
        });

        static async Coroutine Outer() => await Waiting();

        static async Coroutine Waiting() => await EventLoop.Running.CreateFuture<int>();
    }

    [Fact]
    public void CoroutineName_OfALambda_NamesTheMethodAroundIt()
    {
        using var test = new TestLoop();
        Func<Coroutine> lambda = async () => await Aio.Yield();
        LoopTask task = test.Loop.CreateTask(lambda());
        Assert.Equal($"lambda in {nameof(CoroutineName_OfALambda_NamesTheMethodAroundIt)}", task.CoroutineName);
        test.Loop.RunUntilComplete(task);
    }

    /// <summary>CPython: BaseTaskTests.test_cancel_traceback_for_future_result.</summary>
    [Fact]
    public void Trace_OfACancellation_NamesWhereItArrivedAndWhoAwaited()
    {
        using var test = new TestLoop();
        var error = Assert.Throws<CancelledException>(() => test.Run(CancelAndAwait));
        AssertInOrder(error, nameof(Sleeping), nameof(CancelAndAwait));

        static async Coroutine CancelAndAwait()
        {
            LoopTask task = Aio.CreateTask(Sleeping());
            await Aio.Yield();
            task.Cancel();
            await task;
        }
    }

    /// <summary>CPython: BaseTaskTests.test_cancel_traceback_for_future_exception.</summary>
    [Fact]
    public void Trace_OfACancellationThatIsAskedFor_NamesWhereItArrivedAndWhoAsked()
    {
        using var test = new TestLoop();
        var error = Assert.Throws<CancelledException>(() => test.Run(CancelAndAsk));
        AssertInOrder(error, nameof(Sleeping), nameof(CancelAndAsk));

        static async Coroutine CancelAndAsk()
        {
            LoopTask task = Aio.CreateTask(Sleeping());
            await Aio.Yield();
            task.Cancel();
            await Aio.Wait([task]);
            _ = task.Exception;
        }
    }

    /// <summary>CPython: FutureTests.test_future_traceback.</summary>
    [Fact]
    public void Trace_OfATaskAwaitedFiveTimes_NamesTheOneWhoAwaitsOnce()
    {
        using var test = new TestLoop();
        test.Run(AwaitAgainAndAgain);

        static async Coroutine AwaitAgainAndAgain()
        {
            LoopTask task = Aio.CreateTask(MiddleLevel());
            for (int i = 0; i < 5; i++)
            {
                try
                {
                    await task;
                    Assert.Fail("It did not fail.");
                }
                catch (FormatException e)
                {
                    string[] lines = e.StackTrace!.Split(Environment.NewLine);
                    Assert.Single(lines, line => line.Contains(nameof(AwaitAgainAndAgain), StringComparison.Ordinal));
                }
            }
        }
    }

    private static void AssertInOrder(Exception error, params string[] names)
    {
        int position = -1;
        foreach (string name in names)
        {
            int found = error.StackTrace!.IndexOf(name, position + 1, StringComparison.Ordinal);
            Assert.True(found > position, $"{name} is not in its place in:{Environment.NewLine}{error.StackTrace}");
            position = found;
        }
    }

    private static async Coroutine TopLevel() => await MiddleLevel();

    private static async Coroutine TaskLevel() => await Aio.CreateTask(MiddleLevel());

    private static async Coroutine<int> MiddleLevel()
    {
        await BottomLevel();
        return 1;
    }

    private static async Coroutine BottomLevel()
    {
        await Aio.Sleep(1.Milliseconds());
        throw new FormatException("bottom");
    }

    private static async Coroutine Sleeping() => await Aio.Sleep(10.Seconds());
}
