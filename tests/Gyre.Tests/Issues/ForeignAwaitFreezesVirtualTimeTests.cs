using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Issues;

/// <summary>While a BCL task was awaited virtual time stood still, also when that task itself waited for virtual
/// time.</summary>
public class ForeignAwaitFreezesVirtualTimeTests
{
    [Fact]
    public void BclTask_ThatWaitsForTheClock_Ends() => Run(async () =>
    {
        var source = new TaskCompletionSource<int>();
        EventLoop.Running.CallLater(1.Seconds(), () => source.SetResult(1));
        Assert.Equal(1, await source.Task);
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);
    });

    [Fact]
    public void BclTask_ThatNeverEnds_CanBeGivenATimeout() => Run(async () =>
    {
        var never = new TaskCompletionSource<int>();
        await Throws<TimeoutException>(async () => await Aio.WaitFor(Aio.WrapFuture(never.Task), 5.Seconds()));
        Assert.Equal(5.Seconds(), EventLoop.Running.Time);
    });

    [Fact]
    public void BclTask_OfAnotherThread_EndsBeforeTimePasses() => Run(async () =>
    {
        await Aio.WaitFor(Work(), 1.Milliseconds());
        Assert.Equal(TimeSpan.Zero, EventLoop.Running.Time);

        static async Coroutine Work() => await Task.Run(() => { });
    });
}
