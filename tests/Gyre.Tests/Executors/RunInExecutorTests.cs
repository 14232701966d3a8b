using Gyre.Testing;
using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Executors;

public class RunInExecutorTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>CPython: EventLoopTestsMixin.test_run_in_executor,
    /// BaseEventLoopTests.test_run_in_executor.</summary>
    [Fact]
    public void RunInExecutor_DefaultExecutor_RunsOnItsThread() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        Thread thread = await loop.RunInExecutor(null, () => Thread.CurrentThread);
        Assert.Equal("Gyre_0", thread.Name);
        int calls = 0;
        await loop.RunInExecutor(null, () => { calls++; });
        Assert.Equal(1, calls);
        Assert.Same(thread, await loop.RunInExecutor(loop.DefaultExecutor, () => Thread.CurrentThread));
    });

    [Fact]
    public void RunInExecutor_FunctionThatThrows_KeepsItsStackTrace() => Run(async () =>
    {
        var error = await Throws<FormatException>(EventLoop.Running.RunInExecutor(null, Throwing));
        Assert.Contains(nameof(Throwing), error.StackTrace, StringComparison.Ordinal);
    });

    [Fact]
    public void RunInExecutor_WhileItsCallRuns_VirtualTimeStandsStill()
    {
        TimeSpan time = Run(async () =>
        {
            var order = new List<string>();
            EventLoop.Running.CallLater(1.Seconds(), () => order.Add("timer"));
            using var gate = new ManualResetEventSlim();
            using var opener = new ThreadPoolExecutor(1);
            Future blocked = EventLoop.Running.RunInExecutor(null, () => { Assert.True(gate.Wait(s_patience)); });

            // A virtual clock that ran on would fire the timer long before this thread has even begun.
            await EventLoop.Running.RunInExecutor(opener, gate.Set);
            await blocked;
            order.Add("call");
            await Aio.Sleep(2.Seconds());
            Assert.Equal(["call", "timer"], order);
        });
        Assert.Equal(2.Seconds(), time);
    }

    /// <summary>CPython: EventLoopTestsMixin.test_run_in_executor_cancel. Guarantee G-69.</summary>
    [Fact]
    public void Cancel_OfACallThatHasNotBegun_RemovesIt() => Run(async () =>
    {
        using var executor = new ThreadPoolExecutor(1);
        using var gate = new ManualResetEventSlim();
        Future first = EventLoop.Running.RunInExecutor(executor, gate.Wait);
        bool ran = false;
        Future<bool> second = EventLoop.Running.RunInExecutor(executor, () => ran = true);
        Future<int> third = EventLoop.Running.RunInExecutor(executor, () => 3);
        Assert.True(second.Cancel());
        await Throws<CancelledException>(second);
        Assert.InRange(executor.PendingCount, 1, 2);
        gate.Set();
        await first;
        Assert.Equal(3, await third);
        Assert.False(ran);
    });

    /// <summary>Guarantees G-69, G-97.</summary>
    [Fact]
    public void Cancel_OfACallThatRuns_LetsGoOfItAndReportsItsError()
    {
        var clock = new VirtualClock();
        using var gate = new ManualResetEventSlim();
        using var running = new ManualResetEventSlim();
        using var executor = new ThreadPoolExecutor(1);
        var reported = new List<ExceptionContext>();
        Aio.Run(
            async () =>
            {
                EventLoop loop = EventLoop.Running;
                loop.ExceptionHandler = (_, context) => reported.Add(context);
                Future<int> call = loop.RunInExecutor(executor, () =>
                {
                    running.Set();
                    gate.Wait();
                    return Throwing();
                });
                Assert.True(running.Wait(s_patience));
                await Throws<TimeoutException>(async () => await Aio.Timeout(5.Seconds(), async _ =>
                {
                    loop.CallSoon(() => call.Cancel());
                    await Throws<CancelledException>(call);

                    // Virtual time goes on without the call.
                    await Aio.Sleep(3600.Seconds());
                }));
                gate.Set();

                // The next call of the one worker ends after the first one has, and so does its report.
                await loop.RunInExecutor(executor, () => { });
            },
            clock.CreateOptions());
        Assert.Equal(5.Seconds(), clock.Elapsed);
        ExceptionContext context = Assert.Single(reported);
        Assert.IsType<FormatException>(context.Exception);
        Assert.Contains("after its future was cancelled", context.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shutdown_CancelFutures_CancelsTheFuture() => Run(async () =>
    {
        var executor = new ThreadPoolExecutor(1);
        using var gate = new ManualResetEventSlim();
        using var running = new ManualResetEventSlim();
        Future first = EventLoop.Running.RunInExecutor(executor, () =>
        {
            running.Set();
            gate.Wait();
        });
        Future<int> second = EventLoop.Running.RunInExecutor(executor, () => 2);
        Assert.True(running.Wait(s_patience));
        executor.Shutdown(wait: false, cancelFutures: true);
        await Throws<CancelledException>(second);
        gate.Set();
        await first;
        executor.Dispose();
    });

    [Fact]
    public void RunInExecutor_OfAnExecutorThatWasShutDown_IsAnErrorAndTimeGoesOn()
    {
        TimeSpan time = Run(async () =>
        {
            var executor = new ThreadPoolExecutor(1);
            executor.Dispose();
            Assert.Throws<InvalidOperationException>(() => { EventLoop.Running.RunInExecutor(executor, () => 1); });
            await Aio.Sleep(1.Seconds());
        });
        Assert.Equal(1.Seconds(), time);
    }

    /// <summary>CPython: EventLoopTestsMixin.test_close.</summary>
    [Fact]
    public void RunInExecutor_OfAClosedLoop_IsAnError()
    {
        var loop = new EventLoop();
        loop.Close();
        Assert.Throws<InvalidOperationException>(() => { loop.RunInExecutor(null, () => 1); });
    }

    /// <summary>CPython: BaseEventLoopTests.test_set_default_executor.</summary>
    [Fact]
    public void RunInExecutor_ExecutorOfOnesOwn_RunsTheCallsThatItWasGiven() => Run(async () =>
    {
        using var executor = new InlineExecutor();
        Assert.Equal(Environment.CurrentManagedThreadId, await EventLoop.Running.RunInExecutor(
            executor, () => Environment.CurrentManagedThreadId));
        EventLoop.Running.DefaultExecutor = executor;
        Assert.Equal(
            Environment.CurrentManagedThreadId, await Aio.ToThread(() => Environment.CurrentManagedThreadId));
    });

    /// <summary>CPython: EventLoopTestsMixin.test_run_in_executor_cancel.</summary>
    [Fact]
    public async Task Close_WhileACallRuns_DropsItsResult()
    {
        using var gate = new ManualResetEventSlim();
        using var executor = new ThreadPoolExecutor(1);
        var loop = new EventLoop();
        _ = loop.RunInExecutor(executor, () => gate.Wait(s_patience));
        loop.Close();
        gate.Set();
        Assert.Equal(1, await executor.Submit(() => 1));
    }

    [Fact]
    public void RunInExecutor_ManyCallsOnManyThreads_EachEndsOnce()
    {
        int results = 0;
        Aio.Run(async () =>
        {
            int[] all = await Aio.Gather(Enumerable.Range(0, 2_000).Select(i => Aio.ToThread(() => i)));
            Assert.Equal(Enumerable.Range(0, 2_000), all);
            results = all.Length;
        });
        Assert.Equal(2_000, results);
    }

    [Fact]
    public void RunInExecutor_HalfOfTheCallsCancelled_TheOthersEnd()
    {
        Aio.Run(async () =>
        {
            int ran = 0;
            using var executor = new ThreadPoolExecutor(2);
            Future<int>[] futures = [.. Enumerable.Range(0, 1_000).Select(
                i => EventLoop.Running.RunInExecutor(executor, () => Interlocked.Increment(ref ran)))];
            int cancelled = futures.Where((_, i) => i % 2 == 0).Count(future => future.Cancel());
            await Aio.Wait(futures);
            Assert.Equal(500, cancelled);
            Assert.InRange(ran, 500, 1_000);
            Assert.All(futures.Where((_, i) => i % 2 == 1), future => Assert.True(future.Result > 0));
        });
    }

    private static int Throwing() => throw new FormatException();

    private sealed class InlineExecutor : Executor
    {
        public override void Shutdown(bool wait = true, bool cancelFutures = false)
        {
        }

        protected internal override void Enqueue(ExecutorCall call) => call.Run();
    }
}
