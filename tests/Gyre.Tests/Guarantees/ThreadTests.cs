using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Guarantees;

/// <summary>Clauses of docs/guarantees.md on threads.</summary>
public class ThreadTests
{
    /// <summary>Guarantee G-1.</summary>
    [Fact]
    public void EverythingOfALoop_FromWhereverItComes_RunsOnItsThread()
    {
        using var running = new RunningLoop();
        EventLoop loop = running.Loop;
        var threads = new Dictionary<string, int>();
        using var ended = new CountdownEvent(6);
        loop.CallSoonThreadSafe(Note("posted"));
        loop.CallSoonThreadSafe(() =>
        {
            loop.CallSoon(Note("callback"));
            loop.CallLater(TimeSpan.Zero, Note("timer"));
            Future<int> future = loop.CreateFuture<int>();
            future.AddDoneCallback(_ => Note("done callback")());
            loop.CreateTask(WaitFor(future));
            ThreadPool.QueueUserWorkItem(_ => loop.CallSoonThreadSafe(() => future.SetResult(1)));
        });
        Task.Run(() => Aio.RunCoroutineThreadSafe(Begin, loop));
        ended.Wait();
        Assert.All(threads.Values, id => Assert.Equal(running.ThreadId, id));

        Action Note(string what) => () =>
        {
            threads.Add(what, Environment.CurrentManagedThreadId);
            ended.Signal();
        };

        async Coroutine WaitFor(Future<int> future)
        {
            await future;
            Note("resumed coroutine")();
        }

        async Coroutine Begin()
        {
            await Aio.Yield();
            Note("coroutine of another thread")();
        }
    }

    /// <summary>Guarantee G-2.</summary>
    [Fact]
    public void SharedState_ChangedBetweenTwoAwaits_IsSeenByNobodyHalfChanged() => Run(async () =>
    {
        var random = new Random(1);
        int[] accounts = [1_000, 0, 0, 0];
        var mutexOfNobody = new LoopLock();
        await Aio.Gather(Enumerable.Range(0, 50).Select(_ => Move()));
        Assert.Equal(1_000, accounts.Sum());

        async Coroutine Move()
        {
            for (int i = 0; i < 100; i++)
            {
                int from = random.Next(4);
                int amount = random.Next(accounts[from] + 1);
                accounts[from] -= amount;
                await NothingThatWaits();
                accounts[random.Next(4)] += amount;
                Assert.Equal(1_000, accounts.Sum());
                await Aio.Sleep(random.Next(3).Milliseconds());
            }
        }

        // Awaits that need not wait are no gap.
        async Coroutine NothingThatWaits()
        {
            using (await mutexOfNobody.LockAsync())
            {
                await Aio.Gather(Array.Empty<LoopTask<int>>());
            }
        }
    });

    /// <summary>Guarantee G-3.</summary>
    [Theory]
    [InlineData("result")]
    [InlineData("error")]
    [InlineData("cancel")]
    [InlineData("cancel task")]
    [InlineData("lock")]
    [InlineData("semaphore")]
    [InlineData("event")]
    [InlineData("queue")]
    public void Calls_ThatMakeOthersReady_RunNothingOfThemInside(string call) => Run(async () =>
    {
        bool ran = false;
        (Func<Coroutine> wait, Action wake) = WaitAndWake(call);
        LoopTask task = Aio.CreateTask(Wait());
        task.AddDoneCallback(_ => ran = true);
        await Turns(3);
        Assert.False(ran);

        if (call == "cancel task")
        {
            task.Cancel();
        }
        else
        {
            wake();
        }

        Assert.False(ran);
        await Turns(3);
        Assert.True(ran);

        async Coroutine Wait()
        {
            try
            {
                await wait();
            }
            catch (Exception e) when (e is FormatException or CancelledException)
            {
                // The outcome is not what this test is about.
                Assert.NotNull(e);
            }

            ran = true;
        }
    });

    /// <summary>Guarantee G-6.</summary>
    [Fact]
    public async Task Await_OfSomethingForeign_GoesOnOnTheLoopsThread()
    {
        using var running = new RunningLoop();
        int[] threads = await Aio.RunCoroutineThreadSafe(AwaitForeign, running.Loop);
        Assert.All(threads, id => Assert.Equal(running.ThreadId, id));

        async Coroutine<int[]> AwaitForeign()
        {
            var seen = new List<int>();
            await Task.Run(() => { });
            seen.Add(Environment.CurrentManagedThreadId);
            await Task.Run(() => { }).ConfigureAwait(false);
            seen.Add(Environment.CurrentManagedThreadId);
            await Task.Yield();
            seen.Add(Environment.CurrentManagedThreadId);
            var source = new TaskCompletionSource();
            ThreadPool.QueueUserWorkItem(_ => source.SetResult());
            await source.Task.ConfigureAwait(false);
            seen.Add(Environment.CurrentManagedThreadId);
            return [.. seen];
        }
    }

    /// <summary>Guarantee G-6.</summary>
    [Fact]
    public void Await_OfSomethingForeignThatTheLoopCompletes_GoesOnInItsOwnTurn() => Run(async () =>
    {
        var source = new TaskCompletionSource();
        var log = new List<string>();
        LoopTask task = Aio.CreateTask(AwaitForeign());
        await Turns();
        source.SetResult();
        log.Add("completed");
        await task;
        Assert.Equal(["completed", "resumed"], log);

        async Coroutine AwaitForeign()
        {
            await source.Task;
            log.Add("resumed");
        }
    });

    /// <summary>Guarantee G-8.</summary>
    [Fact]
    public async Task AsTask_AwaitedElsewhere_GoesOnElsewhere()
    {
        using var running = new RunningLoop();
        Future<int> future = running.Call(() => running.Loop.CreateFuture<int>());
        int thread = 0;
        Task reader = future.AsTask().ContinueWith(
            _ => thread = Environment.CurrentManagedThreadId,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        running.Loop.CallSoonThreadSafe(() => future.SetResult(1));
        await reader;
        Assert.NotEqual(running.ThreadId, thread);
    }

    private static (Func<Coroutine> Wait, Action Wake) WaitAndWake(string call)
    {
        switch (call)
        {
            case "lock":
                var mutex = new LoopLock();
                LoopTask<LoopReleaser> taken = Aio.CreateTask(mutex.LockAsync(), eagerStart: true);
                Assert.True(taken.IsDone);
                return (async () => await mutex.LockAsync(), mutex.Release);
            case "semaphore":
                var semaphore = new LoopSemaphore(0);
                return (async () => await semaphore.AcquireAsync(), semaphore.Release);
            case "event":
                var flag = new LoopEvent();
                return (flag.WaitAsync, flag.Set);
            case "queue":
                var queue = new LoopQueue<int>();
                return (async () => await queue.GetAsync(), () => queue.TryPut(1));
            default:
                Future<int> future = EventLoop.Running.CreateFuture<int>();
                Action wake = call switch
                {
                    "result" => () => future.SetResult(1),
                    "error" => () => future.SetException(new FormatException()),
                    _ => () => future.Cancel(),
                };
                return (async () => await future, wake);
        }
    }
}
