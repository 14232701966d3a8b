using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Synchronization;

public class LoopEventTests
{
    /// <summary>CPython: EventTests.test_wait. Guarantee G-72.</summary>
    [Fact]
    public void Set_WithWaiters_WakesThemInTheOrderOfArrival() => Run(async () =>
    {
        var ready = new LoopEvent();
        var order = new List<int>();
        LoopTask first = Aio.CreateTask(Wait(1));
        LoopTask second = Aio.CreateTask(Wait(2));
        await Turns();
        Assert.Empty(order);

        // The third one finds the event set, and is before those that have to be woken.
        LoopTask third = Aio.CreateTask(Wait(3));
        ready.Set();
        await Turns();
        Assert.Equal([3, 1, 2], order);
        Assert.True(first.IsDone && second.IsDone && third.IsDone);

        async Coroutine Wait(int number)
        {
            await ready.WaitAsync();
            order.Add(number);
        }
    });

    /// <summary>CPython: EventTests.test_wait_on_set.</summary>
    [Fact]
    public void WaitAsync_WhenSet_DoesNotYield() => Run(async () =>
    {
        var ready = new LoopEvent();
        ready.Set();
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        await ready.WaitAsync();
        Assert.False(other);
    });

    /// <summary>CPython: EventTests.test_wait_cancel.</summary>
    [Fact]
    public void Cancel_OfAWaiter_TakesItOutOfTheQueue() => Run(async () =>
    {
        var ready = new LoopEvent();
        LoopTask task = Aio.CreateTask(ready.WaitAsync());
        EventLoop.Running.CallSoon(() => task.Cancel());
        await Throws<CancelledException>(task);
        Assert.Equal("LoopEvent [unset]", ready.ToString());
    });

    /// <summary>CPython: EventTests.test_clear.</summary>
    [Fact]
    public void Clear_OfASetEvent_TakesTheFlagBack()
    {
        var ready = new LoopEvent();
        Assert.False(ready.IsSet);
        ready.Set();
        Assert.True(ready.IsSet);
        ready.Clear();
        Assert.False(ready.IsSet);
    }

    /// <summary>CPython: EventTests.test_clear_with_waiters. Guarantee G-72.</summary>
    [Fact]
    public void Clear_BeforeTheWokenRun_DoesNotHoldThem() => Run(async () =>
    {
        var ready = new LoopEvent();
        LoopTask task = Aio.CreateTask(ready.WaitAsync());
        await Turns();
        ready.Set();
        ready.Clear();
        Assert.False(ready.IsSet);
        ready.Set();
        ready.Set();
        Assert.Equal("LoopEvent [set, waiters: 1]", ready.ToString());
        ready.Clear();
        await Turns();
        Assert.True(task.IsDone);
        Assert.Equal("LoopEvent [unset]", ready.ToString());
    });

    /// <summary>CPython: EventTests.test_repr.</summary>
    [Fact]
    public void ToString_SaysStateAndWaiters() => Run(async () =>
    {
        var ready = new LoopEvent();
        Assert.Equal("LoopEvent [unset]", ready.ToString());
        LoopTask waiter = Aio.CreateTask(ready.WaitAsync());
        await Turns();
        Assert.Equal("LoopEvent [unset, waiters: 1]", ready.ToString());
        ready.Set();
        Assert.Equal("LoopEvent [set, waiters: 1]", ready.ToString());
        await waiter;
        Assert.Equal("LoopEvent [set]", ready.ToString());
    });
}
