using Gyre.Testing;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    // Cancelling a gather cancels every child. GatherOutcomes waits for all of them, Gather for the first that
    // ends; these have no clean-up that would keep the others. When the target has ended, so have they. Where the
    // target has not taken its first step, nobody has waited for the gather yet, and the children run on.
    private static void AddGathers(Dictionary<string, Scenario> all)
    {
        all.Add("Aio.Gather<T>(ReadOnlySpan<Coroutine<T>>)", async scenario =>
            await EndGather(scenario, Aio.Gather(Later(1, 1), Later(2, 2))));
        all.Add("Aio.Gather<T>(IEnumerable<Coroutine<T>>)", async scenario =>
            await EndGather(scenario, Aio.Gather(new List<Coroutine<int>> { Later(1, 1), Later(2, 2) })));
        all.Add("Aio.Gather<T>(ReadOnlySpan<LoopTask<T>>)", async scenario =>
            await EndGather(scenario, Aio.Gather(TaskLater(1, 1), TaskLater(2, 2))));
        all.Add("Aio.Gather<T>(IEnumerable<LoopTask<T>>)", async scenario =>
            await EndGather(scenario, Aio.Gather(new List<LoopTask<int>> { TaskLater(1, 1), TaskLater(2, 2) })));
        all.Add("Aio.Gather<T>(ReadOnlySpan<Future<T>>)", async scenario =>
            await EndGather(scenario, Aio.Gather(FutureLater(1, 1), FutureLater(2, 2))));
        all.Add("Aio.Gather(ReadOnlySpan<Coroutine>)", async scenario =>
            await EndGather(scenario, Aio.Gather(Aio.Sleep(1.Seconds()), Aio.Sleep(2.Seconds()))));
        all.Add("Aio.Gather(IEnumerable<Coroutine>)", async scenario =>
            await EndGather(
                scenario, Aio.Gather(new List<Coroutine> { Aio.Sleep(1.Seconds()), Aio.Sleep(2.Seconds()) })));
        all.Add("Aio.Gather(ReadOnlySpan<Future>)", async scenario =>
            await EndGather(scenario, Aio.Gather((Future)TaskLater(1, 1), FutureLater(2, 2))));
        all.Add("Aio.Gather(IEnumerable<Future>)", async scenario =>
            await EndGather(scenario, Aio.Gather(new List<Future> { TaskLater(1, 1), FutureLater(2, 2) })));
        all.Add("Aio.GatherOutcomes<T>(ReadOnlySpan<LoopTask<T>>)", async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(TaskLater(1, 1), TaskLater(2, 2))));
        all.Add("Aio.GatherOutcomes<T>(ReadOnlySpan<Coroutine<T>>)", async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(Later(1, 1), LaterWithCleanUp(2, 2))));
        all.Add("Aio.GatherOutcomes(ReadOnlySpan<Future>)", async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(TaskLater(1, 1), FutureLater(2, 2))));
    }

    /// <summary>Ends a second late, also when it is cancelled.</summary>
    private static async Coroutine<int> LaterWithCleanUp(int seconds, int result)
    {
        try
        {
            return await Later(seconds, result);
        }
        finally
        {
            await Aio.CancelScope(async _ => await Aio.Sleep(1.Seconds()), shield: true);
        }
    }

    private static async Coroutine EndGather(CancelScenario scenario, Future gather)
    {
        Future[] children = [.. gather.WaitsFor];
        LoopTask target = scenario.Target(gather);
        await End(target);
        if (scenario.CancelledAt is not { Number: 0 })
        {
            Assert.All(children, child => Assert.True(child.IsDone));
        }

        await EndAll([gather, .. children]);
    }
}
