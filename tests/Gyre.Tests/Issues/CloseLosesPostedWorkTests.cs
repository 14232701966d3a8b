namespace Gyre.Tests.Issues;

/// <summary>Closing a loop dropped what plain async code and other threads had posted to it: they waited for
/// ever.</summary>
public class CloseLosesPostedWorkTests
{
    [Fact]
    public async Task Close_WithAContinuationInTheQueue_GivesItToTheThreadPool()
    {
        var test = new TestLoop();
        var end = new TaskCompletionSource();
        Task plain = Task.CompletedTask;
        test.Loop.CallSoon(() => plain = Plain(end.Task));
        test.Turn();

        // From here: the continuation is posted to a loop that is never run again.
        end.SetResult();
        test.Loop.Close();
        await plain;

        static async Task Plain(Task end)
        {
            await end;
            Assert.True(Thread.CurrentThread.IsThreadPoolThread);
        }
    }

    [Fact]
    public void Close_WithASendWaiting_LetsItRunElsewhere()
    {
        var test = new TestLoop();
        bool ran = false;
        var thread = new Thread(() => test.Loop.SynchronizationContext.Send(_ => ran = true, null));
        thread.Start();
        Assert.True(SpinWait.SpinUntil(
            () => (thread.ThreadState & System.Threading.ThreadState.WaitSleepJoin) != 0, TimeSpan.FromMinutes(1)));
        test.Loop.Close();
        thread.Join();
        Assert.True(ran);
    }

    [Fact]
    public void Close_WithAnAsTaskOfAPendingFuture_EndsTheBclTask()
    {
        var test = new TestLoop();
        Task<int> task = test.Loop.CreateFuture<int>().AsTask();
        test.Loop.Close();
        var error = Assert.IsType<InvalidOperationException>(Assert.Single(task.Exception!.InnerExceptions));
        Assert.Contains("closed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_WithAnAsTaskOfAFutureThatHasEnded_KeepsItsOutcome()
    {
        var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        Task<int> before = future.AsTask();
        future.SetResult(7);
        test.Loop.Close();
        Assert.Equal(7, await before);
        Assert.Equal(7, await future.AsTask());
    }
}
