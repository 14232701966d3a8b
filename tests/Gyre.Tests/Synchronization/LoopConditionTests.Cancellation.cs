using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Synchronization;

// A task that was cancelled while it waited holds the lock, and loses nobody's notification.
public partial class LoopConditionTests
{
    /// <summary>CPython: ConditionTests.test_wait_cancel. Guarantee G-62.</summary>
    [Fact]
    public void Cancel_OfAWaiter_TakesTheLockBackFirst() => Run(async () =>
    {
        var condition = new LoopCondition();
        await condition.LockAsync();
        LoopTask wait = Aio.CreateTask(condition.WaitAsync());
        EventLoop.Running.CallSoon(() => wait.Cancel());
        await Throws<CancelledException>(wait);
        Assert.Equal("LoopCondition [locked]", condition.ToString());
    });

    /// <summary>CPython: ConditionTests.test_wait_cancel_contested.</summary>
    [Fact]
    public void Cancel_AfterTheNotificationWhileTheLockIsHeld_WaitsForTheLock() => Run(async () =>
    {
        var condition = new LoopCondition();
        await condition.LockAsync();
        LoopTask wait = Aio.CreateTask(condition.WaitAsync());
        await Turns();
        Assert.False(condition.IsLocked);

        await condition.LockAsync();
        condition.Notify();
        EventLoop.Running.CallSoon(() => wait.Cancel());
        EventLoop.Running.CallSoon(condition.Release);
        await Throws<CancelledException>(wait);
        Assert.True(condition.IsLocked);
    });

    /// <summary>CPython: ConditionTests.test_wait_cancel_after_notify.</summary>
    [Fact]
    public void Cancel_WhileTheTaskTakesTheLockBack_ArrivesWhenItHasIt() => Run(async () =>
    {
        var condition = new LoopCondition();
        bool waited = false;
        LoopTask waiter = Aio.CreateTask(Wait());
        await Turns();
        await condition.LockAsync();
        condition.Notify();
        await Turns();
        waiter.Cancel();
        await Turns();
        Assert.False(waiter.IsDone);
        condition.Release();
        await Turns();
        Assert.True(waiter.IsCancelled);
        Assert.True(waited);
        Assert.False(condition.IsLocked);

        async Coroutine Wait()
        {
            using (await condition.LockAsync())
            {
                waited = true;
                await condition.WaitAsync();
            }
        }
    });

    /// <summary>CPython: ConditionTests.test_cancelled_error_wakeup,
    /// test_cancelled_error_re_aquire.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cancel_OfAWaiter_ArrivesAsTheExceptionThatWasRaised(bool whileRelocking) => Run(async () =>
    {
        var condition = new LoopCondition();
        CancelledException? raised = null;
        bool wake = false;
        LoopTask task = Aio.CreateTask(Wait());
        await Turns();
        if (whileRelocking)
        {
            await condition.LockAsync();
            wake = true;
            condition.Notify();
            await Turns();
        }

        task.Cancel("because");
        if (whileRelocking)
        {
            condition.Release();
        }

        var error = await Throws<CancelledException>(task);
        Assert.Equal("because", error.CancelMessage);
        Assert.Same(raised, error);

        async Coroutine Wait()
        {
            using (await condition.LockAsync())
            {
                try
                {
                    await condition.WaitForAsync(() => wake);
                }
                catch (CancelledException e)
                {
                    raised = e;
                    throw;
                }
            }
        }
    });

    [Fact]
    public void Cancel_TwiceWhileTheTaskTakesTheLockBack_TheLastOneArrives() => Run(async () =>
    {
        var condition = new LoopCondition();
        LoopTask task = Aio.CreateTask(Wait());
        await Turns();
        await condition.LockAsync();
        task.Cancel("first");
        await Turns();
        task.Cancel("second");
        await Turns();
        Assert.False(task.IsDone);
        condition.Release();
        var error = await Throws<CancelledException>(task);
        Assert.Equal("second", error.CancelMessage);
        Assert.False(condition.IsLocked);

        async Coroutine Wait()
        {
            using (await condition.LockAsync())
            {
                await condition.WaitAsync();
            }
        }
    });

    /// <summary>CPython: ConditionTests.test_cancelled_wakeup, test_cancelled_wakeup_relock.</summary>
    /// <remarks>Guarantee G-62.</remarks>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cancel_OfANotifiedTask_PassesTheNotificationOn(bool whileRelocking) => Run(async () =>
    {
        var condition = new LoopCondition();
        int items = 0;
        LoopTask first = Aio.CreateTask(Consume());
        LoopTask second = Aio.CreateTask(Consume());
        await Turns();
        using (await condition.LockAsync())
        {
            items++;
            condition.Notify();
            if (whileRelocking)
            {
                await Turns();
            }

            first.Cancel();
            await Aio.WaitFor(condition.WaitForAsync(() => items == 0), 1.Seconds());
            items = -1;
            condition.NotifyAll();
        }

        await second;
        Assert.True(first.IsCancelled);

        async Coroutine Consume()
        {
            using (await condition.LockAsync())
            {
                while (true)
                {
                    await condition.WaitForAsync(() => items != 0);
                    if (items < 0)
                    {
                        return;
                    }

                    items--;
                    condition.NotifyAll();
                }
            }
        }
    });
}
