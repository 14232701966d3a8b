using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Synchronization;

/// <summary>The waiter of one wait is that of another later: nothing that knew the first may reach the second.</summary>
public class WaiterReuseTests
{
    public static TheoryData<string> Primitives => ["queue", "lock", "semaphore", "event", "condition"];

    /// <summary>A task that has waited is cancelled when the waiter is another task's.</summary>
    [Theory]
    [MemberData(nameof(Primitives))]
    public void Cancel_OfATaskThatHasWaited_DoesNotReachTheNextWait(string kind) => Run(async () =>
    {
        var primitive = new Waitable(kind);
        LoopTask first = Aio.CreateTask(WaitThenSleep());
        await Turns();
        await primitive.Wake();
        await Turns();
        LoopTask second = Aio.CreateTask(primitive.Wait());
        await Turns();
        Assert.True(first.Cancel("first"));
        await Turns();
        Assert.True(first.IsCancelled);
        Assert.False(second.IsDone);
        await primitive.Wake();
        await second;

        async Coroutine WaitThenSleep()
        {
            await primitive.Wait();
            await Aio.Sleep(TimeSpan.FromHours(1));
        }
    });

    /// <summary>A task is cancelled in the same turn in which it is woken; its waiter is not given to the next one, and
    /// nothing that was to come to it comes to another.</summary>
    [Theory]
    [MemberData(nameof(Primitives))]
    public void Cancel_BetweenWakeAndTurn_LeavesTheNextWaitAlone(string kind) => Run(async () =>
    {
        var primitive = new Waitable(kind);
        for (int round = 0; round < 5; round++)
        {
            LoopTask woken = Aio.CreateTask(primitive.Wait());
            await Turns();
            await primitive.Wake();
            Assert.True(woken.Cancel());
            LoopTask next = Aio.CreateTask(primitive.Wait());
            await Turns();
            Assert.True(woken.IsCancelled);
            if (!next.IsDone)
            {
                await primitive.Wake();
            }

            await next;
            await primitive.Clear();
        }
    });

    /// <summary>Many tasks that wait, of which some are cancelled, over and over: each that was not is woken, once.</summary>
    [Theory]
    [MemberData(nameof(Primitives))]
    public void Wait_ByManyTasksOfWhichSomeAreCancelled_WakesEachOfTheOthersOnce(string kind) => Run(async () =>
    {
        const int Tasks = 20;
        var primitive = new Waitable(kind);
        var random = new Random(20261123);
        for (int round = 0; round < 50; round++)
        {
            int woken = 0;
            LoopTask[] tasks = [.. Enumerable.Range(0, Tasks).Select(_ => (LoopTask)Aio.CreateTask(Count()))];
            await Turns();
            LoopTask[] cancelled = [.. tasks.Where(_ => random.Next(3) == 0)];
            foreach (LoopTask task in cancelled)
            {
                Assert.True(task.Cancel());
            }

            await Turns();
            Assert.All(cancelled, task => Assert.True(task.IsCancelled));
            Assert.Equal(0, woken);
            for (int i = cancelled.Length; i < Tasks; i++)
            {
                await primitive.Wake();
                await Turns();
            }

            Assert.Equal(Tasks - cancelled.Length, woken);
            Assert.All(tasks, task => Assert.True(task.IsDone));
            await primitive.Clear();

            async Coroutine Count()
            {
                await primitive.Wait();
                woken++;
            }
        }
    });

    /// <summary>Guarantee G-63. A call whose box was used for another one cannot be awaited any more.</summary>
    [Fact]
    public void GetAsync_AwaitedTwice_IsAnErrorAndTakesNothing() => Run(async () =>
    {
        var queue = new LoopQueue<int>();
        Assert.True(queue.TryPut(1) && queue.TryPut(2));
        Coroutine<int> first = queue.GetAsync();
        Assert.Equal(1, await first);
        Coroutine<int> second = queue.GetAsync();
        await Throws<InvalidOperationException>(async () => await first);
        Assert.Equal(1, queue.Count);
        Assert.Equal(2, await second);
    });

    /// <summary>A coroutine is cold: what was not awaited has not put or taken anything.</summary>
    [Fact]
    public void PutAsync_NotYetAwaited_PutsNothing() => Run(async () =>
    {
        var queue = new LoopQueue<int>();
        Coroutine put = queue.PutAsync(1);
        Coroutine<int> get = queue.GetAsync();
        Assert.True(queue.IsEmpty);
        await put;
        Assert.Equal(1, queue.Count);
        Assert.Equal(1, await get);
        Coroutine dropped = queue.PutAsync(2);
        dropped.Discard();
        Assert.True(queue.IsEmpty);
    });

    /// <summary>Who waits is shown with the call that it waits in, and what it waits for.</summary>
    [Fact]
    public void CallStack_OfATaskThatWaitsInAQueue_NamesTheCall() => Run(async () =>
    {
        var queue = new LoopQueue<int>(maxSize: 1);
        LoopTask get = Aio.CreateTask(queue.GetAsync());
        await Turns();
        Assert.Equal("GetAsync", get.CoroutineName);
        Assert.Contains("LoopQueue [count: 0/1, getters: 1]", get.ToString(), StringComparison.Ordinal);
        Assert.Equal("async LoopQueue.GetAsync()", Aio.CaptureCallGraph(get)!.CallStack[0].ToString());
        get.Cancel();
        await queue.PutAsync(1);
        LoopTask put = Aio.CreateTask(queue.PutAsync(2));
        await Turns();
        Assert.Equal("async LoopQueue.PutAsync()", Aio.CaptureCallGraph(put)!.CallStack[0].ToString());
        Assert.True(queue.TryGet(out _));
        await put;
    });

    /// <summary>One of the primitives: a task waits, another wakes one.</summary>
    private sealed class Waitable(string kind)
    {
        private readonly LoopQueue<int> _queue = new();
        private readonly LoopLock _lock = new();
        private readonly LoopSemaphore _semaphore = new(0);
        private readonly LoopEvent _event = new();
        private readonly LoopCondition _condition = new();

        public async Coroutine Wait()
        {
            switch (kind)
            {
                case "queue":
                    await _queue.GetAsync();
                    break;
                case "lock":
                    // The first one has it at once; Wake takes it from it.
                    await EnsureLocked();
                    await _lock.LockAsync();
                    break;
                case "semaphore":
                    await _semaphore.AcquireAsync();
                    break;
                case "event":
                    await _event.WaitAsync();
                    break;
                default:
                    using (await _condition.LockAsync())
                    {
                        await _condition.WaitAsync();
                    }

                    break;
            }
        }

        public async Coroutine Wake()
        {
            switch (kind)
            {
                case "queue":
                    await _queue.PutAsync(1);
                    break;
                case "lock":
                    if (_lock.IsLocked)
                    {
                        _lock.Release();
                    }

                    break;
                case "semaphore":
                    _semaphore.Release();
                    break;
                case "event":
                    _event.Set();
                    _event.Clear();
                    break;
                default:
                    using (await _condition.LockAsync())
                    {
                        _condition.Notify();
                    }

                    break;
            }
        }

        /// <summary>Takes back what nobody has taken.</summary>
        public async Coroutine Clear()
        {
            while (_queue.TryGet(out _))
            {
            }

            while (!_semaphore.IsLocked)
            {
                await _semaphore.AcquireAsync();
            }
        }

        private async Coroutine EnsureLocked()
        {
            if (!_lock.IsLocked)
            {
                await _lock.LockAsync();
            }
        }
    }
}
