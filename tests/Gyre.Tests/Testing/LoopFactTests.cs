using Gyre.Testing;

namespace Gyre.Tests.Testing;

public class LoopFactTests
{
    private readonly Thread _thread = Thread.CurrentThread;

    [LoopFact]
    public async Coroutine LoopFact_Coroutine_RunsOnVirtualTime()
    {
        await Aio.Sleep(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromDays(1), VirtualClock.Current.Elapsed);
        Assert.True(Aio.RunningLoop.Debug);
        Assert.NotNull(_thread);
    }

    [LoopFact]
    public async Coroutine<int> LoopFact_CoroutineWithResult_Runs()
    {
        await Aio.Yield();
        return 1;
    }

    [LoopFact]
    public void LoopFact_NoResult_RunsInATask() => Assert.NotNull(Aio.CurrentTask);

    [LoopFact]
    public async Task LoopFact_Task_RunsOnTheLoop()
    {
        EventLoop loop = EventLoop.Running;
        await Task.Yield();
        await Aio.Sleep(1.Seconds());
        Assert.Same(loop, EventLoop.Running);
    }

    [LoopFact]
    public async ValueTask LoopFact_ValueTask_RunsOnTheLoop()
    {
        await Task.Delay(1.Seconds(), VirtualClock.Current);
        Assert.Equal(1.Seconds(), VirtualClock.Current.Elapsed);
    }

    [LoopFact(RealTime = true)]
    public async Coroutine LoopFact_RealTime_HasTheSystemsClock()
    {
        await Aio.Sleep(1.Milliseconds());
        Assert.Same(TimeProvider.System, Aio.RunningLoop.Clock);
    }

    [LoopFact(AllowsLeftTasks = true)]
    public async Coroutine LoopFact_LeftTasksAllowed_Passes()
    {
        _ = Aio.CreateTask(Virtual.Forever());
        await Aio.Yield();
    }

    [LoopFact(AllowsUnhandledErrors = true)]
    public async Coroutine LoopFact_UnhandledErrorsAllowed_Passes()
    {
        Aio.RunningLoop.CallSoon(() => throw new InvalidDataException());
        await Aio.Yield();
    }

    [LoopFact]
    public async Coroutine LoopFact_TestContext_FlowsIn()
    {
        await Aio.Yield();
        Assert.Contains(nameof(LoopFact_TestContext_FlowsIn), TestContext.Current.Test!.TestDisplayName);
    }

    [LoopTheory]
    [InlineData(1)]
    [InlineData(60)]
    public async Coroutine LoopTheory_Rows_EachHaveALoop(int seconds)
    {
        await Aio.Sleep(seconds.Seconds());
        Assert.Equal(seconds.Seconds(), VirtualClock.Current.Elapsed);
    }

    [LoopTheory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Rows))]
    public async Coroutine LoopTheory_RowsReadLate_EachHaveALoop(object row)
    {
        await Aio.Sleep(1.Seconds());
        Assert.NotNull(row);
        Assert.Equal(1.Seconds(), VirtualClock.Current.Elapsed);
    }

    public static TheoryData<object> Rows() => [new object(), new object()];
}
