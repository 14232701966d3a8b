using Gyre.Testing;

namespace Gyre.Tests.Testing;

public class DeadlockTests
{
    private readonly VirtualClock _clock = new() { Patience = TimeSpan.FromMinutes(10) };

    [Fact]
    public void Run_TasksInACircle_NamesIt()
    {
        var tasks = new LoopTask[3];
        DeadlockException error = Deadlock(async () =>
        {
            tasks[0] = Aio.CreateTask(AwaitTask(1), "a");
            tasks[1] = Aio.CreateTask(AwaitTask(2), "b");
            tasks[2] = Aio.CreateTask(AwaitTask(0), "c");
            await Aio.Gather(tasks);
        });
        AssertSays("task 'a' in AwaitTask waits for task 'b'", error.Message);
        AssertSays("waits for task 'a', task 'b', task 'c'", error.Message);
        string circle = error.Message.Split("A circle: ")[1];
        AssertSays("task 'a' → task 'b' → task 'c' → task 'a'", circle);
        Assert.DoesNotContain("A circle: ", circle, StringComparison.Ordinal);
        Assert.Equal(4, error.Tasks.Count);

        async Coroutine AwaitTask(int index)
        {
            await Aio.Yield();
            await tasks[index];
        }
    }

    [Fact]
    public void Run_LockHeldForEver_NamesTheLockAndTheCallers()
    {
        DeadlockException error = Deadlock(async () =>
        {
            var mutex = new LoopLock();
            await mutex.LockAsync();
            await Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(Outer(mutex), "worker");
                await Aio.Yield();
            });
        });
        AssertSays("task 'worker' in LockAsync ← Inner ← Outer waits for LoopLock [locked, waiters: 1]", error.Message);
        AssertSays("waits for task 'worker'", error.Message);

        static async Coroutine Outer(LoopLock mutex) => await Inner(mutex);

        static async Coroutine Inner(LoopLock mutex) => await mutex.LockAsync();
    }

    [Fact]
    public void Run_CombinatorsOfOneFuture_SayWhatIsBehindThem()
    {
        DeadlockException error = Deadlock(async () =>
        {
            LoopTask never = Aio.CreateTask(Never(), "never");
            _ = Aio.CreateTask(Drop(Aio.Wait([never])), "wait");
            _ = Aio.CreateTask(Await(Aio.Shield(never)), "shield");
            _ = Aio.CreateTask(Await(Aio.Gather(never, Aio.Shield(never))), "gather");
            _ = Aio.CreateTask(Await(Aio.WrapFuture(never.AsTask())), "bcl");
            await new TaskCompletionSource().Task.WaitAsync(Aio.CancellationToken);
        }, patience: 1);
        AssertSays("task 'wait' in Wait ← Drop waits for task 'never'", error.Message);
        AssertSays("task 'shield' in Await waits for task 'never'", error.Message);
        AssertSays("task 'gather' in Await waits for task 'never', task 'never'", error.Message);
        AssertSays("waits for something outside the library", error.Message);

        static async Coroutine Never() => await EventLoop.Running.CreateFuture<int>();

        static async Coroutine Await(Future future) => await future;

        static async Coroutine Drop<T>(Coroutine<T> coroutine) => await coroutine;
    }

    [Fact]
    public void Run_PlainCodeWaitsForTheLoop_IsADeadlockAtOnce()
    {
        Deadlock(async () => await Plain());

        static async Task Plain() => await EventLoop.Running.CreateFuture<int>();
    }

    [Fact]
    public void Run_ManyTasks_ListsAHundred()
    {
        DeadlockException error = Deadlock(
            async () => await Aio.Gather(Enumerable.Range(0, 150).Select(_ => Virtual.Forever())));
        AssertSays("and 51 tasks more", error.Message);
        AssertSays("and 140 more", error.Message);
        Assert.Equal(151, error.Tasks.Count);
    }

    [Fact]
    public void RunForever_NoTask_SaysSo()
    {
        using var loop = new EventLoop(_clock.CreateOptions());
        DeadlockException error = Assert.Throws<DeadlockException>(loop.RunForever);
        AssertSays("No task is left", error.Message);
    }

    [Fact]
    public void Run_EndlessYields_IsALivelock()
    {
        var clock = new VirtualClock { IterationsMax = 1000 };
        LivelockException error =
            Assert.Throws<LivelockException>(() => Aio.Run(Spin, clock.CreateOptions()));
        AssertSays("in Spin is ready to run", error.Message);

        static async Coroutine Spin()
        {
            while (true)
            {
                await Aio.Yield();
            }
        }
    }

    [Fact]
    public void Run_ManyYieldsWithTimeBetween_IsNoLivelock()
    {
        var clock = new VirtualClock { IterationsMax = 10 };
        Aio.Run(Tick, clock.CreateOptions());

        static async Coroutine Tick()
        {
            for (int i = 0; i < 1000; i++)
            {
                await Aio.Yield();
                await Aio.Sleep(0.001.Seconds());
            }
        }
    }

    private static void AssertSays(string expected, string message) =>
        Assert.Contains(expected, message, StringComparison.Ordinal);

    private DeadlockException Deadlock(Func<Coroutine> main, int? patience = null)
    {
        VirtualClock clock = patience is { } ms ? new() { Patience = TimeSpan.FromMilliseconds(ms) } : _clock;
        return Assert.Throws<DeadlockException>(() => Aio.Run(main, clock.CreateOptions(debug: true)));
    }
}
