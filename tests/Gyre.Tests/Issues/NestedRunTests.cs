namespace Gyre.Tests.Issues;

/// <summary>A refused RunUntilComplete left its traces: it stopped the loop that ran, or left a task behind.</summary>
public class NestedRunTests
{
    [Fact]
    public void RunUntilComplete_RefusedInsideARunForADoneFuture_DoesNotStopThatRun()
    {
        using var test = new TestLoop();
        Future<int> done = test.Loop.CreateFuture<int>();
        done.SetResult(1);
        test.Loop.CallSoon(() => Assert.Throws<InvalidOperationException>(() => test.Loop.RunUntilComplete(done)));
        test.Loop.CallLater(1.Seconds(), test.Write("still running"));
        test.Loop.CallLater(2.Seconds(), test.Loop.Stop);
        test.Loop.RunForever();
        Assert.Equal(["still running"], test.Log);
    }

    /// <summary>CPython: EventLoopTestsMixin.test_run_until_complete_nesting.</summary>
    [Fact]
    public void RunUntilComplete_RefusedInsideARun_LeavesTheCoroutineAlone()
    {
        using var test = new TestLoop();
        bool ran = false;
        test.Loop.CallSoon(() =>
        {
            Coroutine coroutine = Work();
            Assert.Throws<InvalidOperationException>(() => test.Loop.RunUntilComplete(coroutine));
            Assert.Empty(test.Loop.AllTasks());
            coroutine.Discard();
        });
        test.Turns(3);
        Assert.False(ran);
        Assert.Empty(test.Reports);

        async Coroutine Work()
        {
            ran = true;
            await Aio.Yield();
        }
    }
}
