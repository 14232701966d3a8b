using System.Collections.Concurrent;
using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Executors;

public class RunCoroutineThreadSafeTests
{
    /// <summary>CPython: RunCoroutineThreadsafeTests.test_run_coroutine_threadsafe.</summary>
    [Fact]
    public void RunCoroutineThreadSafe_FromAnotherThread_ReturnsTheResult() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        int sum = await Aio.ToThread(() => Aio.RunCoroutineThreadSafe(Add(1, 2), loop).Result);
        Assert.Equal(3, sum);
        sum = await Aio.ToThread(() => Aio.RunCoroutineThreadSafe(() => Add(3, 4), loop).Result);
        Assert.Equal(7, sum);
        await Aio.ToThread(() => Aio.RunCoroutineThreadSafe(Turns(), loop).Wait());
        await Aio.ToThread(() => Aio.RunCoroutineThreadSafe(() => Turns(2), loop).Wait());
    });

    /// <summary>CPython: RunCoroutineThreadsafeTests.test_run_coroutine_threadsafe_with_exception.</summary>
    [Fact]
    public void RunCoroutineThreadSafe_CoroutineOrFactoryThatThrows_FailsTheTask() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        var error = await Throws<FormatException>(() => Aio.ToThread(
            () => Aio.RunCoroutineThreadSafe(Fail(), loop).GetAwaiter().GetResult()));
        Assert.Contains(nameof(Fail), error.StackTrace, StringComparison.Ordinal);
        await Throws<FormatException>(() => Aio.ToThread(() => Aio.RunCoroutineThreadSafe(
            (Func<Coroutine>)(() => throw new FormatException()), loop).GetAwaiter().GetResult()));
        Assert.Same(loop.CurrentTask, Assert.Single(loop.AllTasks()));
    });

    /// <summary>CPython: RunCoroutineThreadsafeTests.test_run_coroutine_threadsafe_with_timeout: a token
    /// takes the place of the cancelled concurrent future.</summary>
    [Fact]
    public void Token_WhileTheCoroutineRuns_CancelsItsTask() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var source = new CancellationTokenSource();
        bool cleaned = false;
        bool cancelled = await Aio.ToThread(() =>
        {
            using var begun = new ManualResetEventSlim();
            Task task = Aio.RunCoroutineThreadSafe(() => Wait(begun), loop, source.Token);
            begun.Wait();
            source.Cancel();
            var error = Assert.ThrowsAny<OperationCanceledException>(() => task.GetAwaiter().GetResult());
            Assert.Equal(source.Token, error.CancellationToken);
            return task.IsCanceled;
        });
        Assert.True(cancelled);
        Assert.True(cleaned);

        async Coroutine Wait(ManualResetEventSlim begun)
        {
            try
            {
                begun.Set();
                await loop.CreateFuture<int>();
            }
            finally
            {
                cleaned = true;
            }
        }
    });

    [Fact]
    public void Token_BeforeTheCoroutineBegins_KeepsItFromRunning() => Run(async () =>
    {
        bool ran = false;
        using var source = new CancellationTokenSource();
        Task task = Aio.RunCoroutineThreadSafe(Set(), EventLoop.Running, source.Token);
        source.Cancel();
        await Turns(2);
        Assert.True(task.IsCanceled);
        Assert.False(ran);

        async Coroutine Set()
        {
            ran = true;
            await Turns();
        }
    });

    /// <summary>CPython: RunCoroutineThreadsafeTests.test_run_coroutine_threadsafe_task_cancelled.</summary>
    [Fact]
    public void Cancel_OfTheCoroutinesTask_CancelsTheBclTask() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        bool cancelled = await Aio.ToThread(() =>
        {
            Task task = Aio.RunCoroutineThreadSafe(CancelItself, loop);
            Assert.ThrowsAny<OperationCanceledException>(() => task.GetAwaiter().GetResult());
            return task.IsCanceled;
        });
        Assert.True(cancelled);

        async Coroutine CancelItself()
        {
            loop.CurrentTask!.Cancel();
            await Turns();
        }
    });

    [Fact]
    public void RunCoroutineThreadSafe_OnAClosedLoop_IsAnErrorWithoutAWarning()
    {
        var loop = new EventLoop();
        loop.Close();
        Coroutine<int> coroutine = Add(1, 2);
        var error = Assert.Throws<InvalidOperationException>(Call);
        Assert.Contains("closed", error.Message, StringComparison.Ordinal);

        // It was dropped, so it can no longer be awaited.
        Assert.Throws<InvalidOperationException>(() => coroutine.GetAwaiter().IsCompleted);

        void Call() => _ = Aio.RunCoroutineThreadSafe(coroutine, loop);
    }

    [Fact]
    public async Task Close_BeforeTheCoroutineBegins_FailsTheTask()
    {
        var loop = new EventLoop();
        Task<int> task = Aio.RunCoroutineThreadSafe(Add(1, 2), loop);
        loop.Close();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => task);
        Assert.Contains("closed", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Guarantee G-94.</summary>
    [Fact]
    public async Task Close_WhileTheCoroutineWaits_FailsTheTask()
    {
        var loop = new EventLoop { ExceptionHandler = static (_, _) => { } };
        Task task = Aio.RunCoroutineThreadSafe(Wait, loop);
        loop.RunForever();
        loop.Close();
        await Assert.ThrowsAsync<InvalidOperationException>(() => task);

        async Coroutine Wait()
        {
            loop.Stop();
            await loop.CreateFuture<int>();
        }
    }

    [Fact]
    public void RunCoroutineThreadSafe_Context_IsTheCallers() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        var local = new AsyncLocal<string?> { Value = "loop" };
        string? seen = await Aio.ToThread(() =>
        {
            local.Value = "thread";
            return Aio.RunCoroutineThreadSafe(Read, loop).Result;
        });
        Assert.Equal("thread", seen);
        Assert.Equal("loop", local.Value);

        async Coroutine<string?> Read()
        {
            await Turns();
            return local.Value;
        }
    });

    /// <summary>CPython: TestFreeThreading.test_run_coroutine_threadsafe. Guarantee G-5.</summary>
    [Fact]
    public void RunCoroutineThreadSafe_FromManyThreads_RunsEachOnceInItsThreadsOrder() => Aio.Run(async () =>
    {
        const int Threads = 8;
        const int Count = 500;
        EventLoop loop = EventLoop.Running;
        var begun = new List<(int Thread, int Number)>();
        var tasks = new ConcurrentBag<Task<int>>();
        using var executor = new ThreadPoolExecutor(Threads);
        Future[] threads = [.. Enumerable.Range(0, Threads).Select(thread => loop.RunInExecutor(executor, () =>
        {
            for (int i = 0; i < Count; i++)
            {
                tasks.Add(Aio.RunCoroutineThreadSafe(Begin(thread, i), loop));
            }
        }))];
        await Aio.Gather(threads);
        foreach (Task<int> task in tasks)
        {
            await task;
        }

        Assert.Equal(Threads * Count, begun.Count);
        Assert.All(begun.GroupBy(call => call.Thread), calls =>
            Assert.Equal(Enumerable.Range(0, Count), calls.Select(call => call.Number)));

        async Coroutine<int> Begin(int thread, int number)
        {
            begun.Add((thread, number));
            await Aio.Yield();
            return number;
        }
    });

    /// <summary>CPython: TestFreeThreading.test_run_coroutine_threadsafe_exception.</summary>
    [Fact]
    public void RunCoroutineThreadSafe_FailingFromManyThreads_TellsEachItsError() => Aio.Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        Outcome<int>[] outcomes = await Aio.GatherOutcomes([.. Enumerable.Range(0, 10).Select(number =>
            Aio.ToThread(() => Aio.RunCoroutineThreadSafe(FailWith(number), loop).GetAwaiter().GetResult()))]);
        Assert.Equal(
            Enumerable.Range(0, 10).Select(number => $"{number}"),
            outcomes.Select(outcome => Assert.IsType<FormatException>(outcome.Exception).Message));
    });

    private static async Coroutine<int> FailWith(int number)
    {
        await Aio.Yield();
        throw new FormatException($"{number}");
    }

    /// <summary>CPython: RunCoroutineThreadsafeTests.test_run_coroutine_threadsafe_with_timeout.</summary>
    [Fact]
    public void Wait_ForTheTaskWithTooLittleTime_ThenCancelling_EndsTheCoroutine() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        bool inTime = await Aio.ToThread(() =>
        {
            using var source = new CancellationTokenSource();
            Task task = Aio.RunCoroutineThreadSafe(async () => await loop.CreateFuture<int>(), loop, source.Token);
            bool done = task.Wait(TimeSpan.Zero);
            source.Cancel();
            Assert.ThrowsAny<OperationCanceledException>(() => task.GetAwaiter().GetResult());
            return done;
        });
        Assert.False(inTime);
        Assert.Same(loop.CurrentTask, Assert.Single(loop.AllTasks()));
    });

    /// <summary>CPython: RunCoroutineThreadsafeTests.test_run_coroutine_threadsafe_and_cancel.</summary>
    [Fact]
    public void Token_CancelledByTheLoopItself_CancelsTheTask() => Run(async () =>
    {
        using var source = new CancellationTokenSource();
        Future<LoopTask> begun = EventLoop.Running.CreateFuture<LoopTask>();
        Task task = Aio.RunCoroutineThreadSafe(Wait, EventLoop.Running, source.Token);
        LoopTask inner = await begun;
        Assert.False(inner.IsDone);
        source.Cancel();
        await Throws<CancelledException>(inner);
        await Throws<TaskCanceledException>(async () => await task);
        Assert.True(inner.IsCancelled);
        Assert.True(task.IsCanceled);

        async Coroutine Wait()
        {
            begun.SetResult(Aio.CurrentTask!);
            await Aio.Sleep(10.Seconds());
        }
    });

    /// <summary>The error has one receiver, the one who waits; Python tells the exception handler too.</summary>
    /// <remarks>CPython: RunCoroutineThreadsafeTests.test_run_coroutine_threadsafe_task_factory_exception.</remarks>
    [Fact]
    public void RunCoroutineThreadSafe_WithATaskFactoryThatThrows_FailsTheTaskAndDropsTheCoroutine() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        Coroutine<int> coroutine = Add(1, 2);
        Future<FormatException> call = loop.RunInExecutor(null, () => Assert.Throws<FormatException>(
            () => Aio.RunCoroutineThreadSafe(coroutine, loop).GetAwaiter().GetResult()));
        loop.TaskFactory = new ThrowingFactory();
        FormatException error = await call;
        loop.TaskFactory = null;
        Assert.Equal("the factory's", error.Message);
        Assert.Throws<InvalidOperationException>(() => coroutine.GetAwaiter().IsCompleted);
        Assert.Same(loop.CurrentTask, Assert.Single(loop.AllTasks()));
    });

    private sealed class ThrowingFactory : LoopTaskFactory
    {
        public override LoopTask<T> CreateTask<T>(EventLoop loop, Coroutine<T> coroutine, LoopTaskOptions options) =>
            throw new FormatException("the factory's");
    }

    private static async Coroutine<int> Add(int left, int right)
    {
        await Turns();
        return left + right;
    }

    private static async Coroutine Fail()
    {
        await Turns();
        throw new FormatException();
    }
}
