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
        all.Add("Aio.Gather<T>(ReadOnlySpan<IAwaitable<T>>)", async scenario =>
            await EndGather(scenario, Aio.Gather(TaskLater(1, 1), TaskLater(2, 2))));
        all.Add("Aio.Gather<T>(IEnumerable<IAwaitable<T>>)", async scenario =>
            await EndGather(scenario, Aio.Gather(new List<LoopTask<int>> { TaskLater(1, 1), TaskLater(2, 2) })));
        all.Add("Aio.Gather<T>(ReadOnlySpan<Task<T>>)", async scenario =>
            await EndGatherLate(scenario, Aio.Gather(BclLater(1), BclLater(2))));
        all.Add("Aio.Gather<T>(IEnumerable<Task<T>>)", async scenario =>
            await EndGatherLate(scenario, Aio.Gather(new List<Task<int>> { BclLater(1), BclLater(2) })));
        all.Add("Aio.Gather<T>(ReadOnlySpan<ValueTask<T>>)", async scenario =>
            await EndGatherLate(scenario, Aio.Gather([new ValueTask<int>(1), new ValueTask<int>(BclLater(2))])));
        all.Add("Aio.Gather(ReadOnlySpan<Awaitable>)", async scenario =>
            await EndGatherLate(scenario, Aio.Gather(Aio.Sleep(1.Seconds()), TaskLater(2, 2), BclLater(3))));
        all.Add("Aio.Gather(IEnumerable<Task>)", async scenario =>
            await EndGatherLate(scenario, Aio.Gather(new List<Task> { BclLater(1), BclLater(2) })));
        all.Add("Aio.Gather(IEnumerable<Coroutine>)", async scenario =>
            await EndGather(
                scenario, Aio.Gather(new List<Coroutine> { Aio.Sleep(1.Seconds()), Aio.Sleep(2.Seconds()) })));
        all.Add("Aio.Gather(IEnumerable<Future>)", async scenario =>
            await EndGather(scenario, Aio.Gather(new List<Future> { TaskLater(1, 1), FutureLater(2, 2) })));
        AddTuples(all);
        AddOutcomes(all);
    }

    private static void AddTuples(Dictionary<string, Scenario> all)
    {
        const string Gather = "Aio.Gather";
        const string Outcomes = "Aio.GatherOutcomes";
        all.Add(Gather + Tuple(2), async scenario =>
            await EndGather(scenario, Aio.Gather(Later(1, 1), Text(2))));
        all.Add(Gather + Tuple(3), async scenario =>
            await EndGather(scenario, Aio.Gather(Later(1, 1), Text(2), TaskLater(3, 3))));
        all.Add(Gather + Tuple(4), async scenario =>
            await EndGather(scenario, Aio.Gather(Later(1, 1), Text(2), TaskLater(3, 3), FutureLater(2, 2))));
        all.Add(Gather + Tuple(5), async scenario =>
            await EndGather(scenario, Aio.Gather(Later(1, 1), Text(2), Text(1), Text(3), Text(2))));
        all.Add(Gather + Tuple(6), async scenario =>
            await EndGather(scenario, Aio.Gather(Later(1, 1), Text(2), Text(1), Text(3), Text(2), Text(1))));
        all.Add(Gather + Tuple(7), async scenario =>
            await EndGather(scenario, Aio.Gather(Later(1, 1), Text(2), Text(1), Text(3), Text(2), Text(1), Text(4))));
        all.Add(Outcomes + Tuple(2), async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(Later(1, 1), Text(2))));
        all.Add(Outcomes + Tuple(3), async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(Later(1, 1), Text(2), TaskLater(3, 3))));
        all.Add(Outcomes + Tuple(4), async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(Later(1, 1), Text(2), TaskLater(3, 3), FutureLater(2, 2))));
        all.Add(Outcomes + Tuple(5), async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(Later(1, 1), Text(2), Text(1), Text(3), Text(2))));
        all.Add(Outcomes + Tuple(6), async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(Later(1, 1), Text(2), Text(1), Text(3), Text(2), Text(1))));
        all.Add(Outcomes + Tuple(7), async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(Later(1, 1), Text(2), Text(1), Text(3), Text(2), Text(1), Text(4))));

        static string Tuple(int count)
        {
            string[] types = [.. Enumerable.Range(1, count).Select(n => $"T{n}")];
            return $"<{string.Join(", ", types)}>({string.Join(", ", types.Select(type => $"IAwaitable<{type}>"))})";
        }

        static async Coroutine<string> Text(int seconds)
        {
            await Aio.Sleep(seconds.Seconds());
            return "text";
        }
    }

    private static void AddOutcomes(Dictionary<string, Scenario> all)
    {
        all.Add("Aio.GatherOutcomes<T>(ReadOnlySpan<IAwaitable<T>>)", async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(TaskLater(1, 1), TaskLater(2, 2))));
        all.Add("Aio.GatherOutcomes<T>(IEnumerable<IAwaitable<T>>)", async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(new List<LoopTask<int>> { TaskLater(1, 1), TaskLater(2, 2) })));
        all.Add("Aio.GatherOutcomes<T>(ReadOnlySpan<Coroutine<T>>)", async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(Later(1, 1), LaterWithCleanUp(2, 2))));
        all.Add("Aio.GatherOutcomes<T>(IEnumerable<Coroutine<T>>)", async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(new List<Coroutine<int>> { Later(1, 1), Later(2, 2) })));
        all.Add("Aio.GatherOutcomes<T>(ReadOnlySpan<Task<T>>)", async scenario =>
            await EndGatherLate(scenario, Aio.GatherOutcomes(BclLater(1), BclLater(2))));
        all.Add("Aio.GatherOutcomes(ReadOnlySpan<Awaitable>)", async scenario =>
            await EndGatherLate(scenario, Aio.GatherOutcomes(Aio.Sleep(1.Seconds()), TaskLater(2, 2), BclLater(3))));
        all.Add("Aio.GatherOutcomes(IEnumerable<Coroutine>)", async scenario =>
            await EndGather(
                scenario, Aio.GatherOutcomes(new List<Coroutine> { Aio.Sleep(1.Seconds()), Aio.Sleep(2.Seconds()) })));
        all.Add("Aio.GatherOutcomes(IEnumerable<Future>)", async scenario =>
            await EndGather(scenario, Aio.GatherOutcomes(new List<Future> { TaskLater(1, 1), FutureLater(2, 2) })));
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

    /// <summary>BCL tasks run on to their end, whatever happens to those who wait for them.</summary>
    private static async Coroutine EndGatherLate(CancelScenario scenario, Future gather)
    {
        await EndGather(scenario, gather);
        await Aio.Sleep(9.Seconds());
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
