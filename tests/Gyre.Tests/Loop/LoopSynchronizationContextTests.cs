namespace Gyre.Tests.Loop;

public class LoopSynchronizationContextTests
{
    [Fact]
    public void Current_WhileTheLoopRuns_IsTheLoops()
    {
        using var test = new TestLoop();
        SynchronizationContext? seen = null;
        test.Loop.CallSoon(() => seen = SynchronizationContext.Current);
        test.Turn();
        Assert.Same(test.Loop.SynchronizationContext, seen);
        Assert.Same(seen, seen!.CreateCopy());
    }

    [Fact]
    public void Post_OnTheLoop_RunsInTheNextIterationInOrder()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            SynchronizationContext.Current!.Post(state => test.Log.Add((string)state!), "posted");
            test.Loop.CallSoon(test.Write("soon"));
        });
        test.Turn();
        Assert.Empty(test.Log);
        test.Turn();
        Assert.Equal(["posted", "soon"], test.Log);
    }

    [Fact]
    public async Task Post_FromAnotherThread_RunsOnTheLoopsThread()
    {
        using var running = new RunningLoop();
        var thread = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        running.Loop.SynchronizationContext.Post(_ => thread.SetResult(Environment.CurrentManagedThreadId), null);
        Assert.Equal(running.ThreadId, await thread.Task);
    }

    [Fact]
    public void Post_OfWhatThrows_IsReported()
    {
        using var test = new TestLoop();
        test.Loop.SynchronizationContext.Post(_ => throw new FormatException("x"), null);
        test.Turn();
        Assert.IsType<FormatException>(Assert.Single(test.Reports).Exception);
    }

    [Fact]
    public void Send_OnTheLoop_RunsAtOnce()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            SynchronizationContext.Current!.Send(_ => test.Log.Add("sent"), null);
            test.Log.Add("after");
        });
        test.Turn();
        Assert.Equal(["sent", "after"], test.Log);
    }

    [Fact]
    public void Send_FromAnotherThread_WaitsUntilItHasRun()
    {
        using var running = new RunningLoop();
        int thread = 0;
        running.Loop.SynchronizationContext.Send(_ => thread = Environment.CurrentManagedThreadId, null);
        Assert.Equal(running.ThreadId, thread);
    }

    [Fact]
    public void Send_OfWhatThrows_ThrowsItHereWithItsTrace()
    {
        using var running = new RunningLoop();
        var error = Assert.Throws<FormatException>(() => running.Loop.SynchronizationContext.Send(_ => Fail(), null));
        Assert.Contains(nameof(Fail), error.StackTrace, StringComparison.Ordinal);

        static void Fail() => throw new FormatException("x");
    }

    /// <summary>Plain async code has lost its loop; it must not be lost itself. Guarantee G-9.</summary>
    [Fact]
    public async Task Post_ToAClosedLoop_RunsOnTheThreadPool()
    {
        var test = new TestLoop();
        test.Dispose();
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Loop.SynchronizationContext.Post(_ => ran.SetResult(), null);
        await ran.Task;
    }

    [Fact]
    public async Task AsyncVoid_ThatThrows_IsReported()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(FailLater);
        test.Turns(3);
        Assert.Equal("later", Assert.Single(test.Reports).Exception!.Message);
        await Task.CompletedTask;

        static async void FailLater()
        {
            await Task.Yield();
            throw new FormatException("later");
        }
    }

    /// <summary>Guarantee G-7.</summary>
    [Fact]
    public void PlainAsyncCode_ComesBackToTheLoopsThread()
    {
        using var loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller() });
        var threads = new List<int>();
        loop.CallSoon(() => _ = Work());
        loop.RunForever();
        Assert.Equal(Enumerable.Repeat(Environment.CurrentManagedThreadId, 3), threads);

        async Task Work()
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Run(() => { });
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Yield();
            threads.Add(Environment.CurrentManagedThreadId);
            loop.Stop();
        }
    }

    [Fact]
    public void Callback_ThatLeavesAnotherContextBehind_DoesNotLeadOthersAstray()
    {
        using var test = new TestLoop();
        SynchronizationContext? seen = null;
        test.Loop.CallSoon(() => SynchronizationContext.SetSynchronizationContext(null));
        test.Turn();
        test.Loop.CallSoon(() =>
        {
            SynchronizationContext.SetSynchronizationContext(null);
            test.Loop.CallSoon(() => seen = SynchronizationContext.Current);
            test.Loop.CallSoon(test.Loop.Stop);
        });
        test.Loop.RunForever();
        Assert.Same(test.Loop.SynchronizationContext, seen);
    }
}
