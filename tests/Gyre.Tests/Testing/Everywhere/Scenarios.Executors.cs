using Gyre.Testing;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddExecutors(Dictionary<string, Scenario> all)
    {
        all.Add("Aio.ToThread<T>(Func<T>)", async scenario =>
        {
            int runs = 0;
            LoopTask<int> target = scenario.Target(Aio.ToThread(() => Interlocked.Increment(ref runs)));
            await End(target);
            await Aio.RunningLoop.ShutdownDefaultExecutor();
            Assert.InRange(runs, target.IsCancelled ? 0 : 1, 1);
        });
        all.Add("Aio.ToThread(Action)", async scenario =>
        {
            int runs = 0;
            LoopTask target = scenario.Target(Aio.ToThread(() => { Interlocked.Increment(ref runs); }));
            await End(target);
            await Aio.RunningLoop.ShutdownDefaultExecutor();
            Assert.InRange(runs, target.IsCancelled ? 0 : 1, 1);
        });
        all.Add("EventLoop.RunInExecutor<T>(Executor, Func<T>)", async scenario =>
            await CancelCall(scenario, (executor, call) => Aio.RunningLoop.RunInExecutor(executor, call)));
        all.Add("EventLoop.RunInExecutor(Executor, Action)", async scenario =>
            await CancelCall(scenario, (executor, call) => Aio.RunningLoop.RunInExecutor(executor, (Action)(() => call()))));
        all.Add("EventLoop.ShutdownDefaultExecutor(TimeSpan?)", async scenario =>
        {
            int runs = 0;
            EventLoop loop = Aio.RunningLoop;
            Future<int> call = loop.RunInExecutor(null, () => Interlocked.Increment(ref runs));
            LoopTask target = scenario.Target(loop.ShutdownDefaultExecutor());
            await End(target);

            // What was accepted runs, whether or not anybody waits for the executor's end.
            Assert.Equal(1, await call);
        });
    }

    /// <summary>A call that has not begun when it is cancelled does not run.</summary>
    private static async Coroutine CancelCall(CancelScenario scenario, Func<Executor, Func<int>, Future> start)
    {
        using var gate = new ManualResetEventSlim();
        using var executor = new ThreadPoolExecutor(maxWorkers: 1);
        Future blocker = Aio.RunningLoop.RunInExecutor(executor, gate.Wait);
        int runs = 0;
        LoopTask target = scenario.Target(start(executor, () => Interlocked.Increment(ref runs)));
        await Aio.Yield();
        await Aio.Yield();
        bool cancelledInTime = scenario.CancelledAt is { Number: > 0 };
        gate.Set();
        await blocker;
        await End(target);
        executor.Shutdown();
        Assert.InRange(runs, target.IsCancelled ? 0 : 1, cancelledInTime ? 0 : 1);
    }
}
