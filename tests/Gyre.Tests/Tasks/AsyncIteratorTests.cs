using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>Async iterators that are left half-way, and their end with the loop.</summary>
[Collection(nameof(SequentialCollection))]
public class AsyncIteratorTests
{
    /// <summary>Guarantee G-99. asyncio: shutdown_asyncgens closes what was
    /// begun.</summary>
    [Fact]
    public void Run_WithAnIteratorLeftHalfWay_ClosesIt()
    {
        var log = new List<string>();
        Run(async () =>
        {
            log.Clear();
            IAsyncEnumerator<int> iterator = Aio.Iterate(Items(log, "a")).GetAsyncEnumerator();
            Assert.True(await iterator.MoveNextAsync());
            Assert.Equal(1, iterator.Current);
        });
        Assert.Equal(["a closed"], log);
    }

    [Fact]
    public void ShutdownAsyncgens_ClosesSideBySide() => Run(async () =>
    {
        var log = new List<string>();
        foreach (string name in new[] { "a", "b", "c" })
        {
            await Aio.Iterate(Items(log, name)).GetAsyncEnumerator().MoveNextAsync();
        }

        // Never begun, and closed by its user: there is nothing to do for these.
        Aio.Iterate(Items(log, "d")).GetAsyncEnumerator();
        await foreach (int _ in Aio.Iterate(Items(log, "e")))
        {
            break;
        }

        TimeSpan start = EventLoop.Running.Time;
        await EventLoop.Running.ShutdownAsyncgens();
        Assert.Equal(["e closed", "a closed", "b closed", "c closed"], log);
        Assert.Equal(1.Seconds(), EventLoop.Running.Time - start);
        await EventLoop.Running.ShutdownAsyncgens();
    });

    [Fact]
    public void ShutdownAsyncgens_WhenOneThrows_ReportsIt()
    {
        var log = new List<string>();
        List<ExceptionContext> reports = Reports(async () =>
        {
            await Aio.Iterate(Broken()).GetAsyncEnumerator().MoveNextAsync();
            await Aio.Iterate(Items(log, "good")).GetAsyncEnumerator().MoveNextAsync();
            await EventLoop.Running.ShutdownAsyncgens();
        });
        ExceptionContext report = Assert.Single(reports);
        Assert.IsType<FormatException>(report.Exception);
        Assert.Contains("'Broken'", report.Message, StringComparison.Ordinal);
        Assert.Equal(["good closed"], log);

        static async IAsyncEnumerable<int> Broken()
        {
            try
            {
                await Aio.Yield();
                yield return 1;
            }
            finally
            {
                throw new FormatException();
            }
        }
    }

    [Fact]
    public void Iterator_BegunAfterTheShutdown_IsWarnedOf()
    {
        var warnings = new List<string>();
        Action<string> listen = warnings.Add;
        RuntimeWarnings.Raised += listen;
        try
        {
            Aio.Run(async () =>
            {
                await EventLoop.Running.ShutdownAsyncgens();
                await foreach (int _ in Aio.Iterate(Items([], "late")))
                {
                    break;
                }
            });
        }
        finally
        {
            RuntimeWarnings.Raised -= listen;
        }

        Assert.Contains(
            warnings, warning => warning.Contains("'Items' was begun after ShutdownAsyncgens", StringComparison.Ordinal));
    }

    [Fact]
    public void Iterator_ThatIsDroppedHalfWay_IsClosedByATaskOfItsOwn()
    {
        var log = new List<string>();
        Aio.Run(async () =>
        {
            await Begin(log);
            TimeSpan start = EventLoop.Running.Time;
            while (log.Count == 0 && EventLoop.Running.Time - start < 30.Seconds())
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Aio.Sleep(10.Milliseconds());
            }
        });
        Assert.Equal(["dropped closed"], log);

        static async Coroutine Begin(List<string> log) =>
            await Aio.Iterate(Quick(log, "dropped")).GetAsyncEnumerator().MoveNextAsync();
    }

    /// <summary>Guarantee G-54.</summary>
    [Fact]
    public void Cancel_ReachesThroughIterate() => Run(async () =>
    {
        var log = new List<string>();
        LoopTask task = Aio.CreateTask(Consume());
        await Aio.Sleep(1.Seconds());
        task.Cancel("m");
        Assert.Equal("m", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.Equal(["x closed"], log);

        async Coroutine Consume()
        {
            await foreach (int _ in Aio.Iterate(Items(log, "x")))
            {
                await Aio.Yield();
            }
        }
    });

    private static async IAsyncEnumerable<int> Items(List<string> log, string name)
    {
        try
        {
            await Aio.Yield();
            yield return 1;
            await Forever();
        }
        finally
        {
            await Aio.Sleep(1.Seconds());
            log.Add(name + " closed");
        }
    }

    private static async IAsyncEnumerable<int> Quick(List<string> log, string name)
    {
        try
        {
            await Aio.Yield();
            yield return 1;
        }
        finally
        {
            await Aio.Yield();
            log.Add(name + " closed");
        }
    }
}
