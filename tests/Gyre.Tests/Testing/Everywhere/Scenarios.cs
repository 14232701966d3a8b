using Gyre.Testing;

namespace Gyre.Tests.Testing.Everywhere;

/// <summary>What one public awaitable is cancelled in, and the invariants that must hold after it.</summary>
/// <param name="Run">The scenario.</param>
/// <param name="RealTime">Whether it does real I/O.</param>
/// <param name="NeverWaits">Why nothing can make the awaitable wait, where that is so.</param>
internal sealed record Scenario(
    Func<CancelScenario, Coroutine> Run, bool RealTime = false, string? NeverWaits = null);

/// <summary>A scenario for each public awaitable, by its name in <see cref="PublicAwaitables"/>.</summary>
internal static partial class Scenarios
{
    /// <summary>The timers of the scenario that runs on this thread.</summary>
    [ThreadStatic]
    private static List<TimerHandle>? t_timers;

    public static IReadOnlyDictionary<string, Scenario> All { get; } = Collect();

    private static Dictionary<string, Scenario> Collect()
    {
        var all = new Dictionary<string, Scenario>();
        AddWaits(all);
        AddGathers(all);
        AddBlocks(all);
        AddTasks(all);
        AddFactories(all);
        AddLocks(all);
        AddQueues(all);
        AddExecutors(all);
        AddLoopGroups(all);
        AddReaders(all);
        AddConnections(all);
        AddNetworking(all);
        AddBclTasks(all);
        AddBclStreams(all);
        AddIterators(all);
        return all;
    }

    /// <summary>Runs a scenario, and checks that what was cancelled has left no timer behind, which would
    /// cancel or wake somebody later.</summary>
    public static async Coroutine Run(Scenario scenario, CancelScenario run)
    {
        t_timers = [];
        await scenario.Run(run);
        foreach (TimerHandle timer in t_timers)
        {
            timer.Cancel();
        }

        Assert.Equal(0, Aio.RunningLoop.Timers.PendingCount);
    }

    private static void Add(
        this Dictionary<string, Scenario> all, string name, Func<CancelScenario, Coroutine> run, bool realTime = false) =>
        all.Add(name, new Scenario(run, realTime));

    /// <summary>Waits until the target has ended, one way or the other.</summary>
    private static async Coroutine End(LoopTask target) => await Aio.Wait([target]);

    /// <summary>Does something later, whether or not the scenario lasts until then.</summary>
    private static void After(TimeSpan delay, Action action) =>
        t_timers!.Add(Aio.RunningLoop.CallLater(delay, action));

    /// <summary>A coroutine that gives its result after a while.</summary>
    private static async Coroutine<int> Later(int seconds, int result)
    {
        await Aio.Sleep(seconds.Seconds());
        return result;
    }

    private static LoopTask<int> TaskLater(int seconds, int result) => Aio.CreateTask(Later(seconds, result));

    /// <summary>A future that gets its result after a while.</summary>
    private static Future<int> FutureLater(int seconds, int result)
    {
        Future<int> future = Aio.RunningLoop.CreateFuture<int>();
        After(seconds.Seconds(), () => future.TrySetResult(result));
        return future;
    }

    /// <summary>A BCL task that ends after a while, on the loop's clock.</summary>
    private static Task<int> BclLater(int seconds)
    {
        var source = new TaskCompletionSource<int>();
        Aio.RunningLoop.CallLater(seconds.Seconds(), () => source.SetResult(seconds));
        return source.Task;
    }

    /// <summary>Awaits each of them, however it ended: so none is left behind, and no error unseen.</summary>
    private static async Coroutine EndAll(params Future[] futures)
    {
        await Aio.Wait(futures);
        foreach (Future future in futures.Where(future => !future.IsCancelled))
        {
            _ = future.Exception;
        }
    }
}
