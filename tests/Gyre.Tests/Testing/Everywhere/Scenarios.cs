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
        AddReaders(all);
        AddConnections(all);
        AddNetworking(all);
        return all;
    }

    private static void Add(
        this Dictionary<string, Scenario> all, string name, Func<CancelScenario, Coroutine> run, bool realTime = false) =>
        all.Add(name, new Scenario(run, realTime));

    /// <summary>Waits until the target has ended, one way or the other.</summary>
    private static async Coroutine End(LoopTask target) => await Aio.Wait([target]);

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
        Aio.RunningLoop.CallLater(seconds.Seconds(), () => future.TrySetResult(result));
        return future;
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
