namespace Gyre.Bench;

/// <summary>All cases.</summary>
internal static class CaseList
{
    public static IReadOnlyList<Case> All { get; } =
    [
        new("await-completed", "g", "await a coroutine that completes at once, in chains of 1,000",
            1_000_000, Awaiting.Completed),
        new("await-suspended", "g2", "the same, suspended once at the bottom", 1_000_000, Awaiting.Suspended),
        new("resume-1", null, "suspend and resume a coroutine",
            1_000_000, count => Awaiting.Resumed(count, depth: 1)),
        new("resume-1000", null, "suspend and resume below 1,000 coroutines that wait",
            1_000_000, count => Awaiting.Resumed(count, depth: 1000)),
        new("task", "a", "create a task and await it", 1_000_000, Spawning.OneByOne),
        new("task-batch", "a2", "create 1,000 tasks, then gather them", 1_000_000, Spawning.Batches),
        new("yield", "b", "two tasks yield to each other", 10_000_000, Yielding.Two),
        new("queue", "e", "an item between two tasks, through queues of one", 1_000_000, Queueing.PingPong),
        new("call-soon", "c", "callbacks that are queued at once", 1_000_000, Callbacks.AtOnce),
        new("call-soon-chain", "c2", "callbacks that queue the next one", 1_000_000, Callbacks.Chain),
        new("call-later-cancel", "t", "start a timer and cancel it", 1_000_000, Timers.StartAndCancel),
        new("sleepers", "d", "tasks that sleep 1 ms to 1 s", 100_000, Timers.Sleepers) { IsCold = true },
        new("cancel", null, "cancel a task that waits inside try/finally, three coroutines deep",
            100_000, Cancelling.ThreeDeep),
        new("idle", "m", "tasks that wait for a future each", 1_000_000, Idling.Start) { IsCold = true },
        new("wake-up", "f", "a callback from another thread to a loop that sleeps",
            2_000, null) { Latencies = CrossThread.WakeUps },
        new("post", "f2", "callbacks from another thread", 500_000, CrossThread.Post),
    ];

    public static Case? Find(string name) => All.FirstOrDefault(one => one.Name == name);

    public static Case? FindPeer(string name) => All.FirstOrDefault(one => one.PeerName == name);
}
