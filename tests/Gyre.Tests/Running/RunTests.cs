using Gyre.Testing;

namespace Gyre.Tests.Running;

public class RunTests
{
    /// <summary>CPython: RunTests.test_asyncio_run_return, test_asyncio_run_raises.</summary>
    [Fact]
    public void Run_ReturnsTheResultOrThrowsTheError()
    {
        Assert.Equal(5, Aio.Run(Aio.Sleep(1.Seconds(), 5), Options()));
        Assert.Equal(6, Aio.Run(() => Aio.Sleep(1.Seconds(), 6), Options()));
        Aio.Run(Aio.Sleep(1.Seconds()), Options());
        Aio.Run(() => Aio.Sleep(1.Seconds()), Options());
        Assert.Throws<FormatException>(() => Aio.Run(Fail, Options()));
        Assert.Throws<ArgumentNullException>(() => Aio.Run((Func<Coroutine>)null!, Options()));
        Assert.Throws<ArgumentNullException>(() => Aio.Run((Func<Coroutine<int>>)null!, Options()));
    }

    /// <summary>CPython: PolicyTests.test_new_event_loop.</summary>
    [Fact]
    public void Run_OnTheRealClockAndBackend_Works()
    {
        TimeSpan elapsed = Aio.Run(async () =>
        {
            TimeSpan start = EventLoop.Running.Time;
            await Aio.Sleep(20.Milliseconds());
            return EventLoop.Running.Time - start;
        });
        Assert.InRange(elapsed, 20.Milliseconds(), 60.Seconds());
    }

    /// <summary>CPython: RunTests.test_asyncio_run_from_running_loop.</summary>
    /// <remarks>CPython: RunnerTests.test_recursive_run.</remarks>
    [Fact]
    public void Run_InsideARun_IsRefused() => Virtual.Run(async () =>
    {
        Coroutine inner = Aio.Sleep(1.Seconds());
        Assert.Throws<InvalidOperationException>(() => Aio.Run(inner, Options()));
        await inner;
        using var runner = new Runner(Options());
        Coroutine<int> second = Aio.Sleep(1.Seconds(), 1);
        Assert.Throws<InvalidOperationException>(() => runner.Run(second));
        Assert.Equal(1, await second);
    });

    /// <summary>CPython: RunTests.test_asyncio_run_debug, RunnerTests.test_debug.</summary>
    /// <remarks>CPython: RunnerTests.test_non_debug.</remarks>
    [Fact]
    public void Run_TakesTheOptions()
    {
        var clock = new VirtualClock();
        Assert.True(Aio.Run(DebugMode, clock.CreateOptions(debug: true)));
        Assert.False(Aio.Run(DebugMode, clock.CreateOptions()));
        Assert.Equal(2.Seconds(), clock.Elapsed);

        static async Coroutine<bool> DebugMode()
        {
            await Aio.Sleep(1.Seconds());
            Assert.Equal("virtual", EventLoop.Running.BackendName);
            return EventLoop.Running.Debug;
        }
    }

    /// <summary>CPython: RunTests.test_asyncio_run_cancels_hanging_tasks.</summary>
    [Fact]
    public void Run_AtItsEnd_CancelsWhatIsLeftAndWaitsForIt()
    {
        var log = new List<string>();
        Aio.Run(
            async () =>
            {
                _ = Aio.CreateTask(CleanUp("a"));
                _ = Aio.CreateTask(CleanUp("b"));
                await Aio.Yield();
            },
            Options());
        Assert.Equal(["a", "b"], log);

        async Coroutine CleanUp(string name)
        {
            try
            {
                await Virtual.Forever();
            }
            finally
            {
                await Aio.Sleep(1.Seconds());
                log.Add(name);
            }
        }
    }

    [Fact]
    public void Run_ThatFails_CancelsWhatIsLeftToo()
    {
        bool cancelled = false;
        Assert.Throws<FormatException>(() => Aio.Run(
            async () =>
            {
                _ = Aio.CreateTask(Watch());
                await Aio.Yield();
                throw new FormatException();
            },
            Options()));
        Assert.True(cancelled);

        async Coroutine Watch()
        {
            try
            {
                await Virtual.Forever();
            }
            catch (CancelledException)
            {
                cancelled = true;
                throw;
            }
        }
    }

    /// <summary>CPython: RunTests.test_asyncio_run_reports_hanging_tasks_errors.</summary>
    [Fact]
    public void Run_WhoseLeftoversFail_ReportsTheirErrors()
    {
        List<ExceptionContext> reports = Virtual.Reports(async () =>
        {
            _ = Aio.CreateTask(FailAtTheEnd(), name: "leftover");
            await Aio.Yield();
        });
        ExceptionContext report = Assert.Single(reports);
        Assert.IsType<FormatException>(report.Exception);
        Assert.Contains("leftover", report.Message, StringComparison.Ordinal);

        static async Coroutine FailAtTheEnd()
        {
            try
            {
                await Virtual.Forever();
            }
            finally
            {
                throw new FormatException();
            }
        }
    }

    /// <summary>CPython: RunTests.test_asyncio_run_closes_gens_after_hanging_tasks_errors.</summary>
    [Fact]
    public void Run_WhoseLeftoverFailsInsideAnIterator_ClosesTheIterator()
    {
        bool closed = false;
        LoopTask? leftover = null;
        var reports = new List<ExceptionContext>();
        Assert.Throws<TimeZoneNotFoundException>(() => Aio.Run(Main, Options()));
        Assert.True(closed);
        Assert.True(leftover!.IsFaulted);
        Assert.IsType<FormatException>(Assert.Single(reports).Exception);

        async Coroutine Main()
        {
            EventLoop.Running.ExceptionHandler = (_, context) => reports.Add(context);
            leftover = Aio.CreateTask(Spin());
            await Aio.Sleep(3.Seconds());
            throw new TimeZoneNotFoundException();
        }

        async Coroutine Spin()
        {
            try
            {
                await foreach (int _ in Aio.Iterate(Fidget()))
                {
                }
            }
            catch (CancelledException)
            {
                throw new FormatException();
            }
        }

        async IAsyncEnumerable<int> Fidget()
        {
            try
            {
                while (true)
                {
                    yield return 1;
                    await Aio.Sleep(1.Seconds());
                }
            }
            finally
            {
                closed = true;
            }
        }
    }

    [Fact]
    public void Run_WhoseMainIsCancelled_Throws()
    {
        var error = Assert.Throws<CancelledException>(() => Aio.Run(
            async () =>
            {
                Aio.CurrentTask!.Cancel("own");
                await Aio.Sleep(1.Seconds());
            },
            Options()));
        Assert.Equal("own", error.CancelMessage);
    }

    [Fact]
    public void Run_OfADeadlock_NamesWhoWaitsForWhat()
    {
        var error = Assert.Throws<DeadlockException>(() => Aio.Run(
            async () => await Aio.CreateTask(Virtual.Forever(), name: "the other"), Options()));
        Assert.Equal(2, error.Tasks.Count);
        Assert.Contains("'the other'", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Virtual.Forever), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FromSeveralThreadsAtOnce_KeepsTheLoopsApart()
    {
        Parallel.For(0, 16, number =>
        {
            int result = Aio.Run(
                async () =>
                {
                    int sum = 0;
                    for (int i = 0; i < 200; i++)
                    {
                        sum += await Aio.CreateTask(Aio.Sleep(1.Milliseconds(), 1));
                    }

                    return sum + number;
                },
                Options());
            Assert.Equal(200 + number, result);
        });
    }

    private static EventLoopOptions Options() => new VirtualClock().CreateOptions();

    private static async Coroutine Fail()
    {
        await Aio.Yield();
        throw new FormatException();
    }
}
