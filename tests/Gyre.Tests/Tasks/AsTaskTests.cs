using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public class AsTaskTests
{
    [Fact]
    public void AsTask_EndsAsTheFutureDoes() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        Future<int> good = loop.CreateFuture<int>();
        Future<int> bad = loop.CreateFuture<int>();
        Future<int> cancelled = loop.CreateFuture<int>();
        Task<int> goodTask = good.AsTask();
        Task badTask = ((Future)bad).AsTask();
        Task<int> cancelledTask = cancelled.AsTask();
        Assert.False(goodTask.IsCompleted);
        good.SetResult(5);
        bad.SetException(new FormatException());
        cancelled.Cancel();
        Assert.Equal(5, await goodTask);
        await Throws<FormatException>(async () => await badTask);
        await Throws<TaskCanceledException>(async () => await cancelledTask);
        Assert.True(cancelledTask.IsCanceled);
    });

    [Fact]
    public void AsTask_OfALoopTask_HasItsResult() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Aio.Sleep(1.Seconds(), 7));
        Assert.Equal(7, await task.AsTask());
        Assert.Equal(7, await task.AsTask());
        LoopTask plain = Aio.CreateTask(Aio.Sleep(1.Seconds()));
        await plain.AsTask();
        Assert.True(plain.IsDone);
    });

    [Fact]
    public async Task AsTask_FromAnyThread_EndsThere()
    {
        using var running = new RunningLoop();
        Future<int>[] futures = running.Call(
            () => Enumerable.Range(0, 200).Select(_ => running.Loop.CreateFuture<int>()).ToArray());
        Task<int>[] tasks = [.. futures.Select(future => future.AsTask())];
        for (int i = 0; i < futures.Length; i++)
        {
            int number = i;
            running.Loop.CallSoonThreadSafe(() => futures[number].SetResult(number));
        }

        Assert.Equal(Enumerable.Range(0, 200), await Task.WhenAll(tasks));
        Assert.NotEqual(running.ThreadId, Environment.CurrentManagedThreadId);
    }

    [Fact]
    public async Task AsTask_OfADoneFutureFromAnotherThread_HasItsOutcome()
    {
        using var running = new RunningLoop();
        Future<int> done = running.Call(() =>
        {
            Future<int> future = running.Loop.CreateFuture<int>();
            future.SetResult(9);
            return future;
        });
        Assert.Equal(9, await done.AsTask());
    }

    [Fact]
    public void AsTask_Continuations_NeverRunInsideTheLoopsIteration() => Run(async () =>
    {
        int loopThread = Environment.CurrentManagedThreadId;
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        Task<int> thread = future.AsTask().ContinueWith(
            _ => Environment.CurrentManagedThreadId,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        future.SetResult(1);
        Assert.NotEqual(loopThread, await thread);
    });

    [Fact]
    public void AsTask_OfAPendingFutureOfAClosedLoop_IsRefused()
    {
        var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        test.Dispose();
        var error = Assert.Throws<InvalidOperationException>(() => { _ = future.AsTask(); });
        Assert.Contains("closed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AsTask_OfADoneFutureOfAClosedLoop_HasItsOutcome()
    {
        var test = new TestLoop();
        LoopTask<int> task = test.Loop.CreateTask(Aio.Sleep(1.Seconds(), 3));
        test.Loop.RunUntilComplete(task);
        test.Dispose();
        Task<int> bcl = task.AsTask();
        Assert.True(bcl.IsCompletedSuccessfully);
    }
}
