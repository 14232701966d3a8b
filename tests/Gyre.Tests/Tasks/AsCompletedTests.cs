using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public class AsCompletedTests
{
    /// <summary>CPython: BaseTaskTests.test_as_completed, _same_tasks_in_as_out, _reverse_wait.</summary>
    [Fact]
    public void AsCompleted_YieldsTheGivenTasksInTheOrderOfTheirEnds() => Run(async () =>
    {
        LoopTask<int>[] tasks = [.. new[] { 3, 1, 2 }.Select(n => Aio.CreateTask(Aio.Sleep(n.Seconds(), n)))];
        var seen = new List<LoopTask<int>>();
        await foreach (LoopTask<int> task in Aio.AsCompleted(tasks))
        {
            Assert.True(task.IsDone);
            Assert.Equal(task.Result.Seconds(), EventLoop.Running.Time);
            seen.Add(task);
        }

        Assert.Equal([tasks[1], tasks[2], tasks[0]], seen);
    });

    [Fact]
    public void AsCompleted_OfCoroutines_MakesTasksOfThem() => Run(async () =>
    {
        var results = new List<int>();
        await foreach (LoopTask<int> task in Aio.AsCompleted(new[] { 2, 1 }.Select(n => Aio.Sleep(n.Seconds(), n))))
        {
            results.Add(await task);
        }

        Assert.Equal([1, 2], results);
        int count = 0;
        await foreach (LoopTask task in Aio.AsCompleted(new[] { 2, 1 }.Select(n => Aio.Sleep(n.Seconds()))))
        {
            await task;
            count++;
        }

        Assert.Equal(2, count);
    });

    [Fact]
    public void AsCompleted_OfNothing_EndsAtOnce() => Run(async () =>
    {
        await foreach (LoopTask task in Aio.AsCompleted(Array.Empty<LoopTask>(), 1.Seconds()))
        {
            Assert.Fail($"{task} out of nothing");
        }

        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
    });

    /// <summary>CPython: BaseTaskTests.test_as_completed_duplicate_coroutines.</summary>
    [Fact]
    public void AsCompleted_OfOneSeveralTimes_YieldsItOnce() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Aio.Sleep(1.Seconds(), 1));
        int count = 0;
        await foreach (LoopTask<int> done in Aio.AsCompleted([task, task]))
        {
            Assert.Same(task, done);
            count++;
        }

        Assert.Equal(1, count);
    });

    [Fact]
    public void AsCompleted_YieldsFailedAndCancelledOnesToo() => Run(async () =>
    {
        Future<int> bad = EventLoop.Running.CreateFuture<int>();
        Future<int> cancelled = EventLoop.Running.CreateFuture<int>();
        bad.SetException(new FormatException());
        cancelled.Cancel();
        var seen = new List<Future<int>>();
        await foreach (Future<int> future in Aio.AsCompleted([bad, cancelled]))
        {
            seen.Add(future);
        }

        Assert.Equal([bad, cancelled], seen);
        Assert.NotNull(bad.Exception);
    });

    /// <summary>CPython: BaseTaskTests.test_as_completed_with_timeout.</summary>
    [Fact]
    public void AsCompleted_UntilATimeout_ThrowsForEachThatIsNotDone() => Run(async () =>
    {
        LoopTask<int>[] tasks = [.. new[] { 1, 10, 20 }.Select(n => Aio.CreateTask(Aio.Sleep(n.Seconds(), n)))];
        CompletionEnumerator<LoopTask<int>> enumerator = Aio.AsCompleted(tasks, 2.Seconds()).GetAsyncEnumerator();
        Assert.True(await enumerator.MoveNextAsync());
        Assert.Same(tasks[0], enumerator.Current);
        await Throws<TimeoutException>(async () => await enumerator.MoveNextAsync());
        await Throws<TimeoutException>(async () => await enumerator.MoveNextAsync());
        Assert.False(await enumerator.MoveNextAsync());
        Assert.Equal(2.Seconds(), EventLoop.Running.Time);
        Assert.Equal(0, tasks[1].Cancelling());
        await Aio.Wait(tasks);
    });

    /// <summary>CPython: BaseTaskTests.test_as_completed_with_unused_timeout.</summary>
    [Fact]
    public void AsCompleted_WithATimeoutThatIsNotNeeded_RemovesItsTimer() => Run(async () =>
    {
        await foreach (LoopTask<int> task in Aio.AsCompleted([Aio.CreateTask(Aio.Sleep(1.Seconds(), 1))], 1000.Seconds()))
        {
            Assert.Equal(1, await task);
        }

        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
    });

    [Fact]
    public void Current_BeforeTheFirstMove_IsAnError() => Run(async () =>
    {
        await default(Coroutine);
        Assert.Throws<InvalidOperationException>(() => Aio.AsCompleted(Array.Empty<LoopTask>()).GetAsyncEnumerator().Current);
    });

    /// <summary>CPython: BaseTaskTests.test_as_completed_concurrent.</summary>
    [Fact]
    public void MoveNext_BySeveralTasksAtOnce_GivesEachAnother() => Run(async () =>
    {
        LoopTask<int>[] tasks = [.. new[] { 3, 1, 2 }.Select(n => Aio.CreateTask(Aio.Sleep(n.Seconds(), n)))];
        CompletionSequence<LoopTask<int>> sequence = Aio.AsCompleted(tasks);
        int[] results = await Aio.Gather(Next(), Next(), Next());
        Assert.Equal([1, 2, 3], results.AsSpan());
        Assert.False(await sequence.GetAsyncEnumerator().MoveNextAsync());

        async Coroutine<int> Next()
        {
            CompletionEnumerator<LoopTask<int>> enumerator = sequence.GetAsyncEnumerator();
            Assert.True(await enumerator.MoveNextAsync());
            return enumerator.Current.Result;
        }
    });

    [Fact]
    public void MoveNext_Cancelled_LosesNothing() => Run(async () =>
    {
        LoopTask<int>[] tasks = [.. new[] { 1, 2 }.Select(n => Aio.CreateTask(Aio.Sleep(n.Seconds(), n)))];
        CompletionEnumerator<LoopTask<int>> enumerator = Aio.AsCompleted(tasks).GetAsyncEnumerator();
        LoopTask move = Aio.CreateTask(Move());
        await Turns(2);
        move.Cancel();
        await Throws<CancelledException>(move);
        Assert.All(tasks, task => Assert.Equal(0, task.Cancelling()));
        Assert.True(await enumerator.MoveNextAsync());
        Assert.True(await enumerator.MoveNextAsync());
        Assert.False(await enumerator.MoveNextAsync());

        async Coroutine Move() => await enumerator.MoveNextAsync();
    });

    /// <summary>A wake-up that its task can no longer use goes to the next one that waits.</summary>
    [Fact]
    public void MoveNext_CancelledInTheMomentOfItsWakeUp_WakesTheNext() => Run(async () =>
    {
        Future<int>[] futures = [EventLoop.Running.CreateFuture<int>(), EventLoop.Running.CreateFuture<int>()];
        CompletionSequence<Future<int>> sequence = Aio.AsCompleted(futures);
        LoopTask<int> first = Aio.CreateTask(Next());
        LoopTask<int> second = Aio.CreateTask(Next());
        await Turns(2);
        futures[0].SetResult(1);
        await Aio.Yield();
        first.Cancel();
        Assert.Equal(1, await second);
        Assert.True(first.IsCancelled);
        futures[1].SetResult(2);
        Assert.Equal(2, await Next());

        async Coroutine<int> Next()
        {
            CompletionEnumerator<Future<int>> enumerator = sequence.GetAsyncEnumerator();
            Assert.True(await enumerator.MoveNextAsync());
            return enumerator.Current.Result;
        }
    });

    [Fact]
    public void AsyncEnumerable_Interface_WorksForPlainCode() => Run(async () =>
    {
        LoopTask<int>[] tasks = [.. new[] { 2, 1 }.Select(n => Aio.CreateTask(Aio.Sleep(n.Seconds(), n)))];
        Assert.Equal([1, 2], await Collect(Aio.AsCompleted(tasks)));

        static async Task<List<int>> Collect(IAsyncEnumerable<LoopTask<int>> sequence)
        {
            var results = new List<int>();
            await foreach (LoopTask<int> task in sequence)
            {
                results.Add(task.Result);
            }

            return results;
        }
    });

    [Fact]
    public void AsyncEnumerable_Interface_HeedsItsToken() => Run(async () =>
    {
        using var source = new CancellationTokenSource();
        LoopTask<int> task = Aio.CreateTask(Aio.Sleep(1000.Seconds(), 1));
        Task enumeration = Enumerate(Aio.AsCompleted([task]), source.Token);
        await Turns(2);
        source.Cancel();
        await Throws<TaskCanceledException>(async () => await enumeration);
        Assert.Equal(0, task.Cancelling());
        task.Cancel();

        static async Task Enumerate(IAsyncEnumerable<LoopTask<int>> sequence, CancellationToken token)
        {
            await foreach (LoopTask<int> task in sequence.WithCancellation(token))
            {
                Assert.Fail($"{task} ended");
            }
        }
    });

    [Fact]
    public void AsCompleted_OfFuturesOfAnotherLoopOrNull_IsRefused() => Run(async () =>
    {
        await default(Coroutine);
        using var other = new TestLoop();
        Assert.Throws<InvalidOperationException>(() => Aio.AsCompleted([other.Loop.CreateFuture<int>()]));
        Assert.Throws<ArgumentNullException>(() => Aio.AsCompleted(new Future[] { null! }));
        Assert.Throws<ArgumentNullException>(() => Aio.AsCompleted((IEnumerable<Future>)null!));
    });

    /// <summary>CPython: BaseTaskTests.test_as_completed_resume_iterator.</summary>
    [Fact]
    public void AsCompleted_LeftAndEnumeratedAgain_GoesOnWhereItWas() => Run(async () =>
    {
        var results = new List<int>();
        CompletionSequence<LoopTask<int>> sequence = Aio.AsCompleted(
            new[] { 3, 1, 4, 2 }.Select(n => Aio.Sleep(n.Seconds(), n)));
        await foreach (LoopTask<int> task in sequence)
        {
            results.Add(await task);
            if (results.Count == 2)
            {
                break;
            }
        }

        Assert.Equal([1, 2], results);
        await foreach (LoopTask<int> task in sequence)
        {
            results.Add(await task);
        }

        Assert.Equal([1, 2, 3, 4], results);
    });

    /// <summary>CPython: BaseTaskTests.test_as_completed_reverse_wait.</summary>
    [Fact]
    public void MoveNext_AwaitedInAnotherOrder_GivesTheFirstDoneToTheFirstWhoAwaits() => Run(async () =>
    {
        CompletionSequence<LoopTask<string>> sequence = Aio.AsCompleted(
            [Aio.Sleep(0.05.Seconds(), "a"), Aio.Sleep(0.1.Seconds(), "b")]);
        CompletionEnumerator<LoopTask<string>> first = sequence.GetAsyncEnumerator();
        CompletionEnumerator<LoopTask<string>> second = sequence.GetAsyncEnumerator();
        Coroutine<bool> firstMove = first.MoveNextAsync();
        Coroutine<bool> secondMove = second.MoveNextAsync();
        Assert.True(await secondMove);
        Assert.Equal("a", second.Current.Result);
        Assert.Equal(0.05.Seconds(), EventLoop.Running.Time);
        Assert.True(await firstMove);
        Assert.Equal("b", first.Current.Result);
        Assert.Equal(0.1.Seconds(), EventLoop.Running.Time);
    });
}
