namespace Gyre.Tests.Loop;

public class LoopTaskSchedulerTests
{
    [Fact]
    public async Task StartNew_RunsTheWorkOnTheLoopsThread()
    {
        using var running = new RunningLoop();
        Task<int> task = Task.Factory.StartNew(
            () => Environment.CurrentManagedThreadId,
            CancellationToken.None,
            TaskCreationOptions.None,
            running.Loop.TaskScheduler);
        Assert.Equal(running.ThreadId, await task);
        Assert.Equal(1, running.Loop.TaskScheduler.MaximumConcurrencyLevel);
    }

    [Fact]
    public void StartNew_OnTheLoop_RunsInTheNextIterationInOrder()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            Start(test, "a");
            test.Loop.CallSoon(test.Write("soon"));
            Start(test, "b");
        });
        test.Turn();
        Assert.Empty(test.Log);
        test.Turn();
        Assert.Equal(["a", "soon", "b"], test.Log);
    }

    [Fact]
    public void RunSynchronously_OnTheLoop_RunsAtOnce()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            new Task(() => test.Log.Add("inline")).RunSynchronously(test.Loop.TaskScheduler);
            test.Log.Add("after");
        });
        test.Turn();
        Assert.Equal(["inline", "after"], test.Log);
    }

    [Fact]
    public void FromCurrentSynchronizationContext_IsThisLoopToo()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            TaskScheduler scheduler = TaskScheduler.FromCurrentSynchronizationContext();
            Task.Factory.StartNew(
                test.Write("ran"), CancellationToken.None, TaskCreationOptions.None, scheduler);
        });
        test.Turns(2);
        Assert.Equal(["ran"], test.Log);
    }

    [Fact]
    public async Task ContinueWith_OnTheLoop_ComesBackToItsThread()
    {
        using var running = new RunningLoop();
        int thread = await Task.Run(() => 1)
            .ContinueWith(_ => Environment.CurrentManagedThreadId, running.Loop.TaskScheduler);
        Assert.Equal(running.ThreadId, thread);
    }

    [Fact]
    public void StartNew_OfWhatThrows_FailsTheTaskAndReportsNothing()
    {
        using var test = new TestLoop();
        Task task = Task.Factory.StartNew(
            () => throw new FormatException("x"),
            CancellationToken.None,
            TaskCreationOptions.None,
            test.Loop.TaskScheduler);
        test.Turn();
        Assert.IsType<FormatException>(task.Exception!.InnerException);
        Assert.Empty(test.Reports);
    }

    private static void Start(TestLoop test, string line) => Task.Factory.StartNew(
        test.Write(line), CancellationToken.None, TaskCreationOptions.None, test.Loop.TaskScheduler);
}
