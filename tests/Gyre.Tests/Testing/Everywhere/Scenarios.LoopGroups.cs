using Gyre.Testing;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    /// <summary>All is on one loop: a wake-up, and one that is handed on, take a few turns and no time.</summary>
    private const int WakeUpTurns = 10;

    private static readonly LoopGroupOptions s_two = new() { Count = 2 };

    private static void AddLoopGroups(Dictionary<string, Scenario> all)
    {
        all.Add("Aio.LoopGroup(Func<LoopGroup, Coroutine>, LoopGroupOptions)", async scenario =>
        {
            var work = new CountedWork();
            LoopTask target = scenario.Target(Aio.LoopGroup(
                async Coroutine (group) =>
                {
                    group.StartOnEach(work.RunAsync);
                    await Aio.Sleep(1.Milliseconds());
                },
                s_two));
            await End(target);
            Assert.Equal(0, work.Running);
        }, realTime: true);
        all.Add("Aio.LoopGroup<T>(Func<LoopGroup, Coroutine<T>>, LoopGroupOptions)", async scenario =>
        {
            var work = new CountedWork();
            LoopTask<int> target = scenario.Target(Aio.LoopGroup(
                async Coroutine<int> (group) =>
                {
                    await group.RunOnAsync(group.Loops[1], work.RunAsync);
                    return 1;
                },
                s_two));
            await End(target);
            Assert.Equal(0, work.Running);
            Assert.True(target.IsCancelled || target.Result == 1);
        }, realTime: true);
        AddInGroup(all, "LoopGroup.RunOnAsync(EventLoop, Func<Coroutine>)", async (scenario, group) =>
        {
            var work = new CountedWork();
            await End(scenario.Target(group.RunOnAsync(group.Loops[1], work.RunAsync)));
            Assert.Equal(0, work.Running);
        });
        AddInGroup(all, "LoopGroup.RunOnAsync<T>(EventLoop, Func<Coroutine<T>>)", async (scenario, group) =>
        {
            var work = new CountedWork();
            await End(scenario.Target(group.RunOnAsync(group.Loops[1], work.RunWithResultAsync)));
            Assert.Equal(0, work.Running);
        });
        AddInGroup(all, "LoopGroup.CreateTask(EventLoop, Func<Coroutine>, String)", async (scenario, group) =>
        {
            var work = new CountedWork();
            await EndOfTask(scenario, group.CreateTask(group.Loops[1], work.RunAsync));
            Assert.Equal(0, work.Running);
        });
        AddInGroup(all, "LoopGroup.CreateTask<T>(EventLoop, Func<Coroutine<T>>, String)", async (scenario, group) =>
        {
            var work = new CountedWork();
            await EndOfTask(scenario, group.CreateTask(group.Loops[1], work.RunWithResultAsync));
            Assert.Equal(0, work.Running);
        });
        AddGroupServers(all);
        AddSharedQueues(all);
    }

    private static void AddGroupServers(Dictionary<string, Scenario> all)
    {
        AddInGroup(
            all,
            "LoopGroup.CreateServer(Func<Protocol>, String, Int32, ServerOptions, ConnectionSpreading)",
            async (scenario, group) =>
            {
                LoopTask<LoopGroupServer> target =
                    scenario.Target(group.CreateServer(() => new RecordingProtocol(), "localhost", 0));
                await End(target);
                if (!target.IsCancelled)
                {
                    await target.Result.DisposeAsync();
                }
            });
        AddInGroup(
            all,
            "LoopGroup.StartServer(Func<LoopStreamReader, LoopStreamWriter, Coroutine>, String, Int32, "
                + "StreamServerOptions, ConnectionSpreading)",
            async (scenario, group) =>
            {
                LoopTask<LoopGroupServer> target = scenario.Target(group.StartServer(
                    static (_, _) => Aio.Sleep(TimeSpan.Zero), "localhost", 0, null, ConnectionSpreading.InTurn));
                await End(target);
                if (!target.IsCancelled)
                {
                    await target.Result.DisposeAsync();
                }
            });
        AddInGroup(all, "LoopGroupServer.WaitClosedAsync()", async (scenario, group) =>
        {
            LoopGroupServer server = await group.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
            LoopTask target = scenario.Target(server.WaitClosedAsync());
            await Aio.Sleep(1.Milliseconds());
            server.Close();
            await End(target);
            await server.WaitClosedAsync();
        });
        AddInGroup(all, "LoopGroupServer.DisposeAsync()", async (scenario, group) =>
        {
            LoopGroupServer server = await group.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
            await End(scenario.Target(server.DisposeAsync()));
            await server.DisposeAsync();
        });
    }

    private static void AddSharedQueues(Dictionary<string, Scenario> all)
    {
        all.Add("SharedQueue<T>.GetAsync()", async scenario =>
        {
            var queue = new SharedQueue<int>(4);
            LoopTask<int> target = scenario.Target(queue.GetAsync());
            await Aio.Yield();
            LoopTask<int> other = Aio.CreateTask(queue.GetAsync());
            await Virtual.Turns(WakeUpTurns);
            queue.TryPut(1);
            await Virtual.Turns(WakeUpTurns);
            Assert.Equal(target.IsCancelled, other.IsDone);
            queue.TryPut(2);
            await EndAll(target, other);
            Assert.Equal(target.IsCancelled ? 1 : 2, other.Result);
            Assert.Equal(target.IsCancelled ? 1 : 0, queue.Count);
        }, realTime: true);
        all.Add("SharedQueue<T>.PutAsync(T)", async scenario =>
        {
            var queue = new SharedQueue<int>(1);
            queue.TryPut(0);
            LoopTask target = scenario.Target(queue.PutAsync(1));
            await Aio.Yield();
            LoopTask other = Aio.CreateTask(queue.PutAsync(2));
            await Virtual.Turns(WakeUpTurns);
            List<int> items = [await queue.GetAsync()];
            await Virtual.Turns(WakeUpTurns);
            Assert.Equal(target.IsCancelled, other.IsDone);
            while (items.Count < (target.IsCancelled ? 2 : 3))
            {
                items.Add(await queue.GetAsync());
            }

            await EndAll(target, other);
            Assert.Equal(target.IsCancelled ? [0, 2] : [0, 1, 2], items);
            Assert.Equal(0, queue.Count);
        }, realTime: true);
    }

    /// <summary>One that was cancelled before it awaited the task has left it to the group.</summary>
    private static async Coroutine EndOfTask(CancelScenario scenario, LoopTask task)
    {
        await End(scenario.Target(task));
        await Aio.Wait([task]);
    }

    private static void AddInGroup(
        Dictionary<string, Scenario> all, string name, Func<CancelScenario, LoopGroup, Coroutine> run) =>
        all.Add(name, async scenario => await Aio.LoopGroup(group => run(scenario, group), s_two), realTime: true);

    /// <summary>Work that counts how much of it is under way, on whatever loop.</summary>
    private sealed class CountedWork
    {
        private int _running;

        public int Running => Volatile.Read(ref _running);

        public async Coroutine RunAsync()
        {
            Interlocked.Increment(ref _running);
            try
            {
                await Aio.Sleep(2.Milliseconds());
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }

        public async Coroutine<int> RunWithResultAsync()
        {
            await RunAsync();
            return 1;
        }
    }
}
