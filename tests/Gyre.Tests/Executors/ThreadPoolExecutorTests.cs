using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Gyre.Tests.Executors;

public class ThreadPoolExecutorTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Submit_Function_RunsOnANamedBackgroundThread()
    {
        using var executor = new ThreadPoolExecutor(2, "worker");
        Thread thread = await executor.Submit(() => Thread.CurrentThread);
        Assert.Equal("worker_0", thread.Name);
        Assert.True(thread.IsBackground);
        Assert.False(thread.IsThreadPoolThread);
    }

    [Fact]
    public async Task Submit_FunctionThatThrows_KeepsItsStackTrace()
    {
        using var executor = new ThreadPoolExecutor(1);
        var error = await Assert.ThrowsAsync<FormatException>(() => executor.Submit(Throwing));
        Assert.Contains(nameof(Throwing), error.StackTrace, StringComparison.Ordinal);
        Assert.Equal(1, await executor.Submit(() => 1));
    }

    /// <summary>CPython: ThreadPoolExecutorTest.test_default_workers.</summary>
    [Fact]
    public void Constructor_WithoutANumber_LimitsByProcessors()
    {
        using var executor = new ThreadPoolExecutor();
        Assert.Equal(Math.Min(32, Environment.ProcessorCount + 4), executor.MaxWorkers);
        Assert.Equal(0, executor.WorkerCount);
    }

    /// <summary>CPython: ExecutorTest.test_max_workers_negative.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Constructor_LessThanOneWorker_IsAnError(int workers)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadPoolExecutor(workers));

        // The half-made one is finalised without harm.
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>CPython: ThreadPoolExecutorTest.test_idle_thread_reuse.</summary>
    [Fact]
    public async Task Submit_OneAfterTheOther_ReusesTheIdleThread()
    {
        using var executor = new ThreadPoolExecutor(8);
        for (int i = 0; i < 20; i++)
        {
            await executor.Submit(() => i);

            // A worker delivers its outcome before it is idle again.
            Assert.True(SpinWait.SpinUntil(() => executor.IdleCount == executor.WorkerCount, s_patience));
        }

        Assert.Equal(1, executor.WorkerCount);
    }

    /// <summary>CPython: ThreadPoolExecutorTest.test_saturation.</summary>
    [Fact]
    public async Task Submit_MoreThanThereAreWorkers_QueuesTheRest()
    {
        using var executor = new ThreadPoolExecutor(4);
        using var gate = new ManualResetEventSlim();
        using var running = new CountdownEvent(4);
        int now = 0;
        Task[] tasks = [.. Enumerable.Range(0, 60).Select(_ => executor.Submit(() =>
        {
            int together = Interlocked.Increment(ref now);
            Assert.InRange(together, 1, 4);
            if (!gate.IsSet)
            {
                running.Signal();
            }

            gate.Wait();
            Interlocked.Decrement(ref now);
        }))];
        Assert.True(running.Wait(s_patience));
        Assert.Equal(4, executor.WorkerCount);
        Assert.Equal(56, executor.PendingCount);
        Assert.Equal("ThreadPoolExecutor [workers: 4/4, pending: 56]", executor.ToString());
        gate.Set();
        await Task.WhenAll(tasks);
    }

    [Fact]
    public async Task Submit_ToOneWorker_RunsInTheOrderOfTheCalls()
    {
        using var executor = new ThreadPoolExecutor(1);
        var order = new List<int>();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => executor.Submit(() => order.Add(i))));
        Assert.Equal(Enumerable.Range(0, 1000), order);
    }

    [Fact]
    public async Task Submit_FromManyThreads_RunsEachOnceInItsThreadsOrder()
    {
        const int Threads = 8;
        const int Count = 2_000;
        using var executor = new ThreadPoolExecutor(1);
        var ran = new List<(int Thread, int Number)>();
        var tasks = new ConcurrentBag<Task>();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                int number = i;
                tasks.Add(executor.Submit(() => ran.Add((thread, number))));
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        await Task.WhenAll(tasks);
        Assert.Equal(Threads * Count, ran.Count);
        Assert.All(ran.GroupBy(call => call.Thread), calls =>
            Assert.Equal(Enumerable.Range(0, Count), calls.Select(call => call.Number)));
    }

    /// <summary>CPython: ExecutorShutdownTest.test_run_after_shutdown.</summary>
    [Fact]
    public void Submit_AfterShutdown_IsAnError()
    {
        var executor = new ThreadPoolExecutor();
        executor.Shutdown();
        var error = Assert.Throws<InvalidOperationException>(Submit);
        Assert.Contains("Make a new one", error.Message, StringComparison.Ordinal);

        void Submit() => _ = executor.Submit(() => 1);
    }

    /// <summary>CPython: ThreadPoolShutdownTest.test_threads_terminate,
    /// test_context_manager_shutdown.</summary>
    [Fact]
    public void Shutdown_WithPendingCalls_RunsThemAndEndsTheThreads()
    {
        var executor = new ThreadPoolExecutor(2);
        int ran = 0;
        var threads = new ConcurrentDictionary<Thread, bool>();
        for (int i = 0; i < 20; i++)
        {
            executor.Submit(() =>
            {
                threads[Thread.CurrentThread] = true;
                Interlocked.Increment(ref ran);
            });
        }

        executor.Dispose();
        Assert.Equal(20, ran);
        Assert.All(threads.Keys, thread => Assert.False(thread.IsAlive));
        Assert.Equal(0, executor.WorkerCount);
    }

    /// <summary>CPython: ExecutorShutdownTest.test_cancel_futures,
    /// ThreadPoolShutdownTest.test_cancel_futures_wait_false.</summary>
    [Fact]
    public async Task Shutdown_CancelFutures_CancelsWhatHasNotBegun()
    {
        var executor = new ThreadPoolExecutor(1);
        using var gate = new ManualResetEventSlim();
        using var running = new ManualResetEventSlim();
        Task<int> first = executor.Submit(() =>
        {
            running.Set();
            gate.Wait();
            return 1;
        });
        Task<int>[] rest = [.. Enumerable.Range(0, 10).Select(i => executor.Submit(() => i))];
        Assert.True(running.Wait(s_patience));
        executor.Shutdown(wait: false, cancelFutures: true);
        Assert.All(rest, task => Assert.True(task.IsCanceled));
        gate.Set();
        Assert.Equal(1, await first);
        executor.Shutdown(wait: true);
    }

    [Fact]
    public async Task Shutdown_WaitingInOneOfItsCalls_IsAnErrorThatLeavesItOpen()
    {
        using var executor = new ThreadPoolExecutor(1);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => executor.Submit(executor.Dispose));
        Assert.Contains("without waiting", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await executor.Submit(() => 1));
    }

    [Fact]
    public async Task Token_BeforeTheCallBegins_RemovesIt()
    {
        using var executor = new ThreadPoolExecutor(1);
        using var gate = new ManualResetEventSlim();
        using var source = new CancellationTokenSource();
        Task first = executor.Submit(gate.Wait);
        bool ran = false;
        Task second = executor.Submit(() => ran = true, source.Token);
        source.Cancel();
        Assert.True(second.IsCanceled);
        gate.Set();
        await first;
        Assert.Equal(0, executor.PendingCount);
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.True(executor.Submit(() => ran = true, source.Token).IsCanceled);
        Assert.False(ran);
    }

    [Fact]
    public async Task Token_WhileTheCallRuns_LeavesItsOutcomeToIt()
    {
        using var executor = new ThreadPoolExecutor(2);
        using var gate = new ManualResetEventSlim();
        using var running = new CountdownEvent(2);
        using var source = new CancellationTokenSource();
        Task<int> deaf = executor.Submit(
            () =>
            {
                running.Signal();
                gate.Wait();
                return 1;
            },
            source.Token);
        Task obedient = executor.Submit(
            () =>
            {
                running.Signal();
                gate.Wait(source.Token);
            },
            source.Token);
        Assert.True(running.Wait(s_patience));
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => obedient);
        Assert.True(obedient.IsCanceled);
        gate.Set();
        Assert.Equal(1, await deaf);
    }

    /// <summary>CPython: ThreadPoolInitializerTest.test_initializer.</summary>
    [Fact]
    public async Task Initializer_RunsFirstOnEachThread()
    {
        var local = new ThreadLocal<string?>();
        using var executor = new ThreadPoolExecutor(1, initializer: () => local.Value = "made");
        Assert.Equal("made", await executor.Submit(() => local.Value));
    }

    /// <summary>CPython: ThreadPoolFailingInitializerTest.test_initializer.</summary>
    [Fact]
    public async Task Initializer_ThatThrows_BreaksTheExecutor()
    {
        using var executor = new ThreadPoolExecutor(1, initializer: () => throw new FormatException());
        var error = await Assert.ThrowsAsync<BrokenExecutorException>(() => executor.Submit(() => 1));
        Assert.IsType<FormatException>(error.InnerException);
        Assert.Throws<BrokenExecutorException>(Submit);

        void Submit() => _ = executor.Submit(() => 1);
    }

    [Fact]
    public async Task Submit_ExecutionContext_FlowsInAndNotOut()
    {
        var local = new AsyncLocal<string?> { Value = "caller" };
        using var executor = new ThreadPoolExecutor(1);
        Assert.Equal("caller", await executor.Submit(() =>
        {
            string? seen = local.Value;
            local.Value = "function";
            return seen;
        }));
        Assert.Equal("caller", local.Value);
        Task<string?> without;
        using (ExecutionContext.SuppressFlow())
        {
            without = executor.Submit<string?>(() =>
            {
                string? seen = local.Value;
                local.Value = "leak";
                return seen;
            });
        }

        Assert.Null(await without);
        using (ExecutionContext.SuppressFlow())
        {
            without = executor.Submit<string?>(() => local.Value);
        }

        Assert.Null(await without);
    }

    /// <summary>CPython: ThreadPoolShutdownTest.test_del_shutdown.</summary>
    [Fact]
    public void Collected_WithoutShutdown_EndsItsThreads()
    {
        Thread thread = UseAndDrop();
        for (int i = 0; i < 1_200 && thread.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            thread.Join(TimeSpan.FromMilliseconds(100));
        }

        Assert.False(thread.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Thread UseAndDrop() => new ThreadPoolExecutor(1).Submit(() => Thread.CurrentThread).Result;
    }

    private static int Throwing() => throw new FormatException();
}
