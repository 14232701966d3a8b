namespace Gyre.Tests.Loop;

/// <summary>Handles of CallSoonThreadSafe, which any thread may cancel.</summary>
public class ThreadSafeHandleTests
{
    /// <summary>CPython: EventLoopTestsMixin.test_call_soon_threadsafe_handle_cancel_other_thread.</summary>
    [Fact]
    public void Cancel_FromAnotherThreadBeforeItsTurn_KeepsItFromRunning()
    {
        using var test = new TestLoop();
        Handle handle = test.Loop.CallSoonThreadSafe(test.Write("no"));
        bool cancelled = false;
        var thread = new Thread(() => cancelled = handle.Cancel());
        thread.Start();
        thread.Join();
        test.Turn();
        Assert.True(cancelled);
        Assert.True(handle.IsCancelled);
        Assert.False(handle.IsPending);
        Assert.Empty(test.Log);
    }

    [Fact]
    public void Cancel_AfterItsTurn_DoesNothing()
    {
        using var test = new TestLoop();
        Handle handle = test.Loop.CallSoonThreadSafe(test.Write("ran"));
        Assert.True(handle.IsPending);
        test.Turn();
        Assert.False(handle.IsPending);
        Assert.False(handle.Cancel());
        Assert.False(handle.IsCancelled);
    }

    [Fact]
    public void Cancel_WhileTheLoopTakesIt_EitherCountsOrItRuns()
    {
        using var loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller() });
        const int Calls = 20_000;
        int[] ran = new int[Calls];
        var cancelled = new bool[Calls];
        var thread = new Thread(() =>
        {
            for (int i = 0; i < Calls; i++)
            {
                int number = i;
                Handle handle = loop.CallSoonThreadSafe(() => ran[number]++);
                cancelled[i] = handle.Cancel();
            }

            loop.CallSoonThreadSafe(loop.Stop);
        });
        loop.CallSoon(thread.Start);
        loop.RunForever();
        thread.Join();
        for (int i = 0; i < Calls; i++)
        {
            Assert.Equal(cancelled[i] ? 0 : 1, ran[i]);
        }
    }

    /// <summary>CPython: EventLoopTestsMixin.test_call_soon_threadsafe_handle_block_cancellation,
    /// test_call_soon_threadsafe_handle_block_check_cancelled. asyncio has the other thread wait for the callback's
    /// end; here it is told at once that it comes too late.</summary>
    [Fact]
    public void Cancel_FromAnotherThreadWhileItRuns_IsTooLate()
    {
        using var test = new TestLoop();
        using var asked = new ManualResetEventSlim();
        Handle handle = default;
        bool? pending = null;
        bool? cancelled = null;
        bool? isCancelled = null;
        handle = test.Loop.CallSoonThreadSafe(() =>
        {
            var thread = new Thread(() =>
            {
                pending = handle.IsPending;
                cancelled = handle.Cancel();
                isCancelled = handle.IsCancelled;
                asked.Set();
            });
            thread.Start();
            asked.Wait();
            thread.Join();
            test.Log.Add("ended");
        });
        test.Turn();
        Assert.Equal(["ended"], test.Log);
        Assert.False(pending);
        Assert.False(cancelled);
        Assert.False(isCancelled);
    }

    /// <summary>CPython: EventLoopTestsMixin.test_call_soon_threadsafe_handle_cancel_same_thread. In asyncio the handle
    /// says afterwards that it was cancelled, though it ran.</summary>
    [Fact]
    public void Cancel_FromTheCallbackItself_DoesNothing()
    {
        using var test = new TestLoop();
        Handle handle = default;
        bool? cancelled = null;
        handle = test.Loop.CallSoonThreadSafe(() =>
        {
            cancelled = handle.Cancel();
            test.Log.Add("ended");
        });
        test.Turn();
        Assert.Equal(["ended"], test.Log);
        Assert.False(cancelled);
        Assert.False(handle.IsCancelled);
    }
}
