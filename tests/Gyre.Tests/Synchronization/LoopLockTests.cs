using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Synchronization;

public class LoopLockTests
{
    /// <summary>CPython: LockTests.test_lock, test_context_manager, test_release_no_waiters.</summary>
    [Fact]
    public void LockAsync_OfAFreeLock_HoldsItUntilTheBlockEnds() => Run(async () =>
    {
        var mutex = new LoopLock();
        Assert.False(mutex.IsLocked);
        using (await mutex.LockAsync())
        {
            Assert.True(mutex.IsLocked);
        }

        Assert.False(mutex.IsLocked);
    });

    /// <summary>Guarantee G-82.</summary>
    [Fact]
    public void LockAsync_OfAFreeLock_DoesNotYield() => Run(async () =>
    {
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        using (await new LoopLock().LockAsync())
        {
            Assert.False(other);
        }

        await Turns();
        Assert.True(other);
    });

    [Fact]
    public void LockAsync_BlockThatThrows_Releases() => Run(async () =>
    {
        var mutex = new LoopLock();
        await Throws<FormatException>(async () =>
        {
            using (await mutex.LockAsync())
            {
                throw new FormatException();
            }
        });
        Assert.False(mutex.IsLocked);
    });

    /// <summary>CPython: LockTests.test_acquire. Guarantee G-70.</summary>
    [Fact]
    public void Release_WithWaiters_GivesTheLockInTheOrderOfArrival() => Run(async () =>
    {
        var mutex = new LoopLock();
        var order = new List<int>();
        await mutex.LockAsync();
        LoopTask first = Aio.CreateTask(Take(1));
        LoopTask second = Aio.CreateTask(Take(2));
        await Turns();
        Assert.Empty(order);

        mutex.Release();
        await Turns();
        Assert.Equal([1], order);
        await Turns();
        Assert.Equal([1], order);

        LoopTask third = Aio.CreateTask(Take(3));
        mutex.Release();
        await Turns();
        Assert.Equal([1, 2], order);
        mutex.Release();
        await Turns();
        Assert.Equal([1, 2, 3], order);
        Assert.True(first.IsDone && second.IsDone && third.IsDone);

        async Coroutine Take(int number)
        {
            await mutex.LockAsync();
            order.Add(number);
        }
    });

    /// <summary>Guarantee G-70.</summary>
    [Fact]
    public void Release_WithAWaiter_LeavesTheLockFreeUntilItsTurnAndNobodyPasses() => Run(async () =>
    {
        var mutex = new LoopLock();
        var order = new List<string>();
        await mutex.LockAsync();
        LoopTask waiter = Aio.CreateTask(Take("waiter"));
        await Turns();

        mutex.Release();
        Assert.False(mutex.IsLocked);
        LoopTask newcomer = Aio.CreateTask(Take("newcomer"), eagerStart: true);
        Assert.Empty(order);
        await Aio.Gather(waiter, newcomer);
        Assert.Equal(["waiter", "newcomer"], order);

        async Coroutine Take(string name)
        {
            using (await mutex.LockAsync())
            {
                order.Add(name);
            }
        }
    });

    /// <summary>CPython: LockTests.test_acquire_cancel. Guarantee G-60.</summary>
    [Fact]
    public void Cancel_OfAWaiter_TakesItOutOfTheQueue() => Run(async () =>
    {
        var mutex = new LoopLock();
        await mutex.LockAsync();
        LoopTask<LoopReleaser> task = Aio.CreateTask(mutex.LockAsync());
        EventLoop.Running.CallSoon(() => task.Cancel());
        await Throws<CancelledException>(task);
        Assert.Equal("LoopLock [locked]", mutex.ToString());
    });

    /// <summary>CPython: LockTests.test_cancel_race.</summary>
    [Fact]
    public void Cancel_OfTheHeadWhileTheLockIsReleased_WakesTheNext() => Run(async () =>
    {
        var mutex = new LoopLock();
        Future<int> block = EventLoop.Running.CreateFuture<int>();
        LoopTask a = Aio.CreateTask(Hold(block));
        await Turns();
        Assert.True(mutex.IsLocked);
        LoopTask b = Aio.CreateTask(Hold(null));
        LoopTask c = Aio.CreateTask(Hold(null));
        await Turns();
        Assert.Equal("LoopLock [locked, waiters: 2]", mutex.ToString());

        block.SetResult(0);
        b.Cancel();
        await Turns();
        Assert.False(mutex.IsLocked);
        Assert.True(a.IsDone);
        Assert.True(b.IsCancelled);
        await c;

        async Coroutine Hold(Future<int>? until)
        {
            using (await mutex.LockAsync())
            {
                if (until is not null)
                {
                    await until;
                }
            }
        }
    });

    /// <summary>CPython: LockTests.test_cancel_release_race.</summary>
    [Fact]
    public void Cancel_OfTheHeadInTheTurnOfTheRelease_LetsOnlyOneIn() => Run(async () =>
    {
        var mutex = new LoopLock();
        int calls = 0;
        int locked = 0;
        await mutex.LockAsync();
        LoopTask first = Aio.CreateTask(Take());
        LoopTask second = Aio.CreateTask(Take());
        LoopTask third = Aio.CreateTask(Take());
        await Turns();

        EventLoop.Running.CallSoon(() =>
        {
            first.Cancel();
            mutex.Release();
        });
        await Throws<CancelledException>(first);
        Assert.Equal(1, locked);
        Assert.Equal(3, calls);
        Assert.True(first.IsCancelled && second.IsDone && !third.IsDone);

        async Coroutine Take()
        {
            calls++;
            await mutex.LockAsync();
            locked++;
        }
    });

    /// <summary>CPython: LockTests.test_finished_waiter_cancelled. Guarantee G-60.</summary>
    [Fact]
    public void Cancel_OfAWokenWaiter_PassesTheWakeUpOn() => Run(async () =>
    {
        var mutex = new LoopLock();
        await mutex.LockAsync();
        LoopTask<LoopReleaser> woken = Aio.CreateTask(mutex.LockAsync());
        LoopTask<LoopReleaser> next = Aio.CreateTask(mutex.LockAsync());
        await Turns();
        mutex.Release();
        woken.Cancel();
        await next;
        Assert.True(woken.IsCancelled);
        Assert.True(mutex.IsLocked);
    });

    [Fact]
    public void LockAsync_WhenEveryWaiterIsCancelled_TakesTheFreeLockAtOnce() => Run(async () =>
    {
        var mutex = new LoopLock();
        await mutex.LockAsync();
        LoopTask<LoopReleaser> waiter = Aio.CreateTask(mutex.LockAsync());
        await Turns();
        waiter.Cancel();
        mutex.Release();
        LoopTask<LoopReleaser> other = Aio.CreateTask(mutex.LockAsync(), eagerStart: true);
        Assert.True(other.IsDone);
        Assert.True(mutex.IsLocked);
        await Throws<CancelledException>(waiter);
        Assert.True(mutex.IsLocked);
    });

    /// <summary>CPython: LockTests.test_release_not_acquired.</summary>
    [Fact]
    public void Release_OfAFreeLock_IsAnError()
    {
        var error = Assert.Throws<InvalidOperationException>(new LoopLock().Release);
        Assert.Contains("LockAsync", error.Message);
    }

    [Fact]
    public void Dispose_OfTheDefaultReleaser_DoesNothing() => default(LoopReleaser).Dispose();

    /// <summary>CPython: LockTests.test_repr.</summary>
    [Fact]
    public void ToString_SaysStateAndWaiters() => Run(async () =>
    {
        var mutex = new LoopLock();
        Assert.Equal("LoopLock [unlocked]", mutex.ToString());
        await mutex.LockAsync();
        Assert.Equal("LoopLock [locked]", mutex.ToString());
        LoopTask<LoopReleaser> waiter = Aio.CreateTask(mutex.LockAsync());
        await Turns();
        Assert.Equal("LoopLock [locked, waiters: 1]", mutex.ToString());
        mutex.Release();
        await waiter;
    });

    [Fact]
    public void LockAsync_OfALockOfAnotherLoop_IsAnError()
    {
        var mutex = new LoopLock();
        Run(async () =>
        {
            // Not bound while nobody waits.
            using (await mutex.LockAsync())
            {
            }
        });
        Aio.Run(async () =>
        {
            await mutex.LockAsync();
            LoopTask<LoopReleaser> waiter = Aio.CreateTask(mutex.LockAsync());
            await Turns();
            waiter.Cancel();
        });
        Aio.Run(async () =>
        {
            var error = await Throws<InvalidOperationException>(async () => await mutex.LockAsync());
            Assert.Contains("another event loop", error.Message);
        });
    }

    /// <summary>Guarantee G-111.</summary>
    [Fact]
    public void LockAsync_WithoutEnd_IsADeadlockThatNamesTheLock()
    {
        var clock = new Gyre.Testing.VirtualClock();
        var error = Assert.Throws<Gyre.Testing.DeadlockException>(() => Aio.Run(
            async () =>
            {
                var mutex = new LoopLock();
                await mutex.LockAsync();
                await mutex.LockAsync();
            },
            clock.CreateOptions()));
        Assert.Contains("waits for LoopLock [locked, waiters: 1]", error.Message);
    }

    [Fact]
    public void LockAsync_ManyCancelledAndManyWoken_StaysLinear() => Run(async () =>
    {
        const int Count = 20_000;
        var mutex = new LoopLock();
        await mutex.LockAsync();
        LoopTask<LoopReleaser>[] cancelled =
            [.. Enumerable.Range(0, Count).Select(_ => Aio.CreateTask(mutex.LockAsync()))];
        await Turns();
        foreach (LoopTask<LoopReleaser> task in cancelled)
        {
            task.Cancel();
        }

        int done = 0;
        for (int i = 0; i < Count; i++)
        {
            _ = Aio.CreateTask(Take());
        }

        mutex.Release();
        await Turns(Count + 2);
        Assert.Equal(Count, done);

        async Coroutine Take()
        {
            using (await mutex.LockAsync())
            {
                done++;
            }
        }
    });
}
