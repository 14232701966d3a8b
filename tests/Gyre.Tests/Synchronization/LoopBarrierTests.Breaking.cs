using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Synchronization;

// Reset and abort, in each of the barrier's states.
public partial class LoopBarrierTests
{
    /// <summary>CPython: BarrierTests.test_reset_barrier.</summary>
    [Fact]
    public void ResetAsync_OfAnEmptyBarrier_ChangesNothing() => Run(async () =>
    {
        var barrier = new LoopBarrier(1);
        LoopTask reset = Aio.CreateTask(barrier.ResetAsync());
        await Turns();
        Assert.True(reset.IsDone);
        AssertEmpty(barrier);
    });

    /// <summary>CPython: BarrierTests.test_reset_barrier_while_tasks_waiting.</summary>
    [Fact]
    public void ResetAsync_WhileTasksWait_BreaksTheirWait() => Run(async () =>
    {
        var barrier = new LoopBarrier(Parties);
        int broken = 0;
        LoopTask[] tasks = [.. Enumerable.Range(0, Parties - 1).Select(_ => Aio.CreateTask(Wait()))];
        await Turns();
        LoopTask reset = Aio.CreateTask(barrier.ResetAsync());
        await Aio.Gather(tasks);
        Assert.True(reset.IsDone);
        Assert.Equal(Parties - 1, broken);
        AssertEmpty(barrier);

        async Coroutine Wait()
        {
            await Throws<BrokenBarrierException>(async () => await barrier.WaitAsync());
            broken++;
        }
    });

    /// <summary>CPython: BarrierTests.test_reset_barrier_when_tasks_half_draining.</summary>
    [Fact]
    public void ResetAsync_WhileTasksLeave_BreaksTheWaitOfThoseStillInside() => Run(async () =>
    {
        var barrier = new LoopBarrier(Parties);
        int passed = 0;
        int broken = 0;
        await AllParties(async () =>
        {
            try
            {
                await barrier.WaitAsync();
            }
            catch (BrokenBarrierException)
            {
                broken++;
                return;
            }

            if (++passed == Parties - (Parties / 2))
            {
                await barrier.ResetAsync();
            }
        });
        Assert.Equal(Parties / 2, broken);
        AssertEmpty(barrier);
    });

    /// <summary>CPython: BarrierTests.test_reset_barrier_when_tasks_half_draining_half_blocking.</summary>
    [Fact]
    public void ResetAsync_WhileOthersWaitOutside_LeavesThoseAlone() => Run(async () =>
    {
        const int Blocking = Parties / 2;
        var barrier = new LoopBarrier(Parties);
        int passed = 0;
        int brokenInside = 0;
        int brokenOutside = 0;
        await AllParties(async () =>
        {
            try
            {
                await barrier.WaitAsync();
            }
            catch (BrokenBarrierException)
            {
                brokenInside++;
                await barrier.WaitAsync();
                return;
            }

            if (++passed > Blocking)
            {
                await barrier.ResetAsync();
                await barrier.WaitAsync();
                return;
            }

            try
            {
                await barrier.WaitAsync();
            }
            catch (BrokenBarrierException)
            {
                brokenOutside++;
            }
        });
        Assert.Equal(Blocking, brokenInside);
        Assert.Equal(0, brokenOutside);
        AssertEmpty(barrier);
    });

    /// <summary>CPython: BarrierTests.test_reset_barrier_while_tasks_waiting_and_waiting_again.</summary>
    [Fact]
    public void WaitAsync_AfterAReset_MeetsAgain() => Run(async () =>
    {
        var barrier = new LoopBarrier(Parties);
        int broken = 0;
        int passed = 0;
        LoopTask[] tasks = [.. Enumerable.Range(0, Parties - 1).Select(_ => Aio.CreateTask(BrokenFirst()))];
        LoopTask reset = Aio.CreateTask(barrier.ResetAsync());
        await Turns();
        LoopTask last = Aio.CreateTask(Pass());
        await Aio.Gather([.. tasks, reset, last]);
        Assert.Equal(Parties - 1, broken);
        Assert.Equal(Parties, passed);
        AssertEmpty(barrier);

        async Coroutine BrokenFirst()
        {
            await Throws<BrokenBarrierException>(async () => await barrier.WaitAsync());
            broken++;
            await Pass();
        }

        async Coroutine Pass()
        {
            await barrier.WaitAsync();
            passed++;
        }
    });

    /// <summary>CPython: BarrierTests.test_reset_barrier_while_tasks_draining.</summary>
    [Fact]
    public void ResetAsync_ByTheLastWhoLeft_BreaksNobody() => Run(async () =>
    {
        var barrier = new LoopBarrier(Parties);
        int passed = 0;
        int second = 0;
        int third = 0;
        await AllParties(async () =>
        {
            await barrier.WaitAsync();
            if (++passed == Parties)
            {
                await barrier.ResetAsync();
            }

            await barrier.WaitAsync();
            second++;
            await barrier.WaitAsync();
            third++;
        });
        Assert.Equal(Parties, second);
        Assert.Equal(Parties, third);
        AssertEmpty(barrier);
    });

    /// <summary>CPython: BarrierTests.test_abort_barrier.</summary>
    [Fact]
    public void AbortAsync_OfAnEmptyBarrier_BreaksItForAllThatCome() => Run(async () =>
    {
        var barrier = new LoopBarrier(1);
        await barrier.AbortAsync();
        Assert.True(barrier.IsBroken);
        Assert.Equal(0, barrier.WaitingCount);
        var error = await Throws<BrokenBarrierException>(async () => await barrier.WaitAsync());
        Assert.Contains("ResetAsync", error.Message);
        await barrier.ResetAsync();
        Assert.Equal(0, await barrier.WaitAsync());
    });

    /// <summary>CPython: BarrierTests.test_abort_barrier_when_tasks_half_draining_half_blocking.</summary>
    [Fact]
    public void AbortAsync_WhileTasksLeaveAndWaitOutside_BreaksTheWaitOfAll() => Run(async () =>
    {
        const int Blocking = Parties / 2;
        var barrier = new LoopBarrier(Parties);
        int passed = 0;
        int brokenInside = 0;
        int brokenOutside = 0;
        await AllParties(async () =>
        {
            try
            {
                await barrier.WaitAsync();
            }
            catch (BrokenBarrierException)
            {
                brokenInside++;
                return;
            }

            if (++passed > Blocking)
            {
                await barrier.AbortAsync();
                return;
            }

            await Throws<BrokenBarrierException>(async () => await barrier.WaitAsync());
            brokenOutside++;
        });
        Assert.True(barrier.IsBroken);
        Assert.Equal(Blocking, brokenInside);
        Assert.Equal(Parties - Blocking - 1, brokenOutside);
        Assert.Equal(0, barrier.WaitingCount);
    });

    /// <summary>CPython: BarrierTests.test_abort_barrier_when_exception.</summary>
    [Fact]
    public void AbortAsync_ByAPartyThatFails_FreesTheOthers() => Run(async () =>
    {
        var barrier = new LoopBarrier(Parties);
        int broken = 0;
        await AllParties(async () =>
        {
            try
            {
                if (await barrier.WaitAsync() == Parties / 2)
                {
                    await barrier.AbortAsync();
                    return;
                }

                await barrier.WaitAsync();
            }
            catch (BrokenBarrierException)
            {
                broken++;
            }
        });
        Assert.True(barrier.IsBroken);
        Assert.Equal(Parties - 1, broken);
    });

    /// <summary>CPython: BarrierTests.test_abort_barrier_when_exception_then_resetting.</summary>
    [Fact]
    public void ResetAsync_OfABrokenBarrier_MendsIt() => Run(async () =>
    {
        var barrier = new LoopBarrier(Parties);
        var meeting = new LoopBarrier(Parties);
        int broken = 0;
        int passed = 0;
        await AllParties(async () =>
        {
            try
            {
                if (await barrier.WaitAsync() == Parties / 2)
                {
                    await barrier.AbortAsync();
                }
                else
                {
                    await barrier.WaitAsync();
                }
            }
            catch (BrokenBarrierException)
            {
                broken++;
            }

            if (await meeting.WaitAsync() == Parties / 2)
            {
                await barrier.ResetAsync();
            }

            await meeting.WaitAsync();
            await barrier.WaitAsync();
            passed++;
        });
        Assert.Equal(Parties - 1, broken);
        Assert.Equal(Parties, passed);
        AssertEmpty(barrier);
    });
}
