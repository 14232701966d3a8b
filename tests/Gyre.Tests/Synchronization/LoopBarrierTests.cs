using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Synchronization;

public partial class LoopBarrierTests
{
    private const int Parties = 5;

    /// <summary>CPython: BarrierTests.test_barrier_parties.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-4)]
    public void Constructor_LessThanOneParty_IsAnError(int parties) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoopBarrier(parties));

    /// <summary>CPython: BarrierTests.test_context_manager, test_barrier. Guarantee G-75.</summary>
    [Fact]
    public void WaitAsync_OfAllParties_GivesEachItsPlace() => Run(async () =>
    {
        var barrier = new LoopBarrier(3);
        Assert.Equal(3, barrier.Parties);
        int[] places = await Aio.Gather(barrier.WaitAsync(), barrier.WaitAsync(), barrier.WaitAsync());
        Assert.Equal([0, 1, 2], places);
        AssertEmpty(barrier);
    });

    /// <summary>CPython: BarrierTests.test_filling_one_task.</summary>
    [Fact]
    public void WaitAsync_OfTheOnlyParty_DoesNotYield() => Run(async () =>
    {
        var barrier = new LoopBarrier(1);
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        Assert.Equal(0, await barrier.WaitAsync());
        Assert.False(other);
        AssertEmpty(barrier);
    });

    /// <summary>CPython: BarrierTests.test_filling_one_task_twice.</summary>
    [Fact]
    public void WaitAsync_OfTheOnlyPartyAgain_GoesOnAgain() => Run(async () =>
    {
        var barrier = new LoopBarrier(1);
        for (int round = 0; round < 2; round++)
        {
            LoopTask<int> task = Aio.CreateTask(barrier.WaitAsync());
            await Turns();
            Assert.Equal(0, task.Result);
            AssertEmpty(barrier);
        }
    });

    /// <summary>CPython: BarrierTests.test_filling_task_by_task.</summary>
    [Fact]
    public void WaitingCount_TaskByTask_CountsUntilTheBarrierOpens() => Run(async () =>
    {
        var barrier = new LoopBarrier(3);
        LoopTask<int> first = Aio.CreateTask(barrier.WaitAsync());
        await Turns();
        Assert.Equal(1, barrier.WaitingCount);
        LoopTask<int> second = Aio.CreateTask(barrier.WaitAsync());
        await Turns();
        Assert.Equal(2, barrier.WaitingCount);
        Assert.Equal("LoopBarrier [filling, waiters: 2/3]", barrier.ToString());
        LoopTask<int> third = Aio.CreateTask(barrier.WaitAsync());
        await Aio.Gather(first, second, third);
        AssertEmpty(barrier);
    });

    /// <summary>CPython: BarrierTests.test_filling_tasks_wait_twice,
    /// test_filling_tasks_check_return_value.</summary>
    [Fact]
    public void WaitAsync_TwiceByEveryTask_MeetsTwice() => Run(async () =>
    {
        var barrier = new LoopBarrier(Parties);
        int first = 0;
        var places = new List<int>();
        await AllParties(async () =>
        {
            await barrier.WaitAsync();
            first++;
            places.Add(await barrier.WaitAsync());
        });
        Assert.Equal(Parties, first);
        Assert.Equal([0, 1, 2, 3, 4], places.Order());
        AssertEmpty(barrier);
    });

    /// <summary>CPython: BarrierTests.test_draining_state.</summary>
    [Fact]
    public void ToString_WhileTasksLeave_IsDrainingUntilTheLastOne() => Run(async () =>
    {
        var barrier = new LoopBarrier(Parties);
        var states = new List<bool>();
        await AllParties(async () =>
        {
            await barrier.WaitAsync();
            states.Add(barrier.ToString().Contains("draining", StringComparison.Ordinal));
        });
        Assert.Equal([true, true, true, true, false], states);
    });

    /// <summary>CPython: BarrierTests.test_blocking_tasks_while_draining.</summary>
    [Fact]
    public void WaitAsync_WhileTasksLeave_WaitsForTheNextRound() => Run(async () =>
    {
        int again = 2;
        var barrier = new LoopBarrier(Parties);
        var rest = new LoopBarrier(Parties - again);
        await AllParties(async () =>
        {
            await barrier.WaitAsync();
            if (again > 0)
            {
                again--;
                await barrier.WaitAsync();
            }
            else
            {
                await rest.WaitAsync();
                await barrier.WaitAsync();
            }
        });
        AssertEmpty(barrier);
    });

    /// <summary>CPython: BarrierTests.test_filling_tasks_cancel_one. Guarantee G-64.</summary>
    [Fact]
    public void Cancel_OfATaskThatWaits_ItNoLongerCounts() => Run(async () =>
    {
        var barrier = new LoopBarrier(3);
        LoopTask<int> first = Aio.CreateTask(barrier.WaitAsync());
        LoopTask<int> second = Aio.CreateTask(barrier.WaitAsync());
        await Turns();
        Assert.Equal(2, barrier.WaitingCount);
        first.Cancel();
        await Turns();
        Assert.Equal(1, barrier.WaitingCount);
        await Throws<CancelledException>(first);

        LoopTask<int> third = Aio.CreateTask(barrier.WaitAsync());
        await Turns();
        Assert.Equal(2, barrier.WaitingCount);
        await Aio.Gather(second, third, Aio.CreateTask(barrier.WaitAsync()));
        AssertEmpty(barrier);
    });

    /// <summary>CPython: BarrierTests.test_repr.</summary>
    [Fact]
    public void ToString_InEveryState_NamesIt() => Run(async () =>
    {
        var barrier = new LoopBarrier(Parties);
        var tasks = new List<LoopTask<int>>();
        Assert.Equal("LoopBarrier [filling, waiters: 0/5]", barrier.ToString());
        Arrive(2);
        await Turns();
        Assert.Equal("LoopBarrier [filling, waiters: 2/5]", barrier.ToString());
        Arrive(3);
        await Turns();
        Assert.Equal("LoopBarrier [draining, waiters: 0/5]", barrier.ToString());
        Arrive(2);
        await Turns();
        await barrier.ResetAsync();
        Assert.Equal("LoopBarrier [resetting, waiters: 0/5]", barrier.ToString());
        Arrive(2);
        await Turns();
        await barrier.AbortAsync();
        Assert.Equal("LoopBarrier [broken]", barrier.ToString());
        Assert.True(barrier.IsBroken);
        await Aio.Wait(tasks);
        Assert.All(tasks, task => Assert.True(task.Exception is null or BrokenBarrierException));

        void Arrive(int count)
        {
            for (int i = 0; i < count; i++)
            {
                tasks.Add(Aio.CreateTask(barrier.WaitAsync()));
            }
        }
    });

    private static async Coroutine AllParties(Func<Coroutine> party) =>
        await Aio.Gather(Enumerable.Range(0, Parties).Select(_ => party()));

    private static void AssertEmpty(LoopBarrier barrier)
    {
        Assert.Equal(0, barrier.WaitingCount);
        Assert.False(barrier.IsBroken);
        Assert.StartsWith("LoopBarrier [filling", barrier.ToString(), StringComparison.Ordinal);
    }
}
