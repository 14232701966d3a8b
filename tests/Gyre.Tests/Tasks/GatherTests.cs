using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public partial class GatherTests
{
    /// <summary>CPython: GatherTestsBase.test_success.</summary>
    [Fact]
    public void Gather_RunsAllAtOnceAndKeepsTheOrderOfTheList() => Run(async () =>
    {
        int[] results = await Aio.Gather(
            Aio.Sleep(3.Seconds(), 1), Aio.Sleep(1.Seconds(), 2), Aio.Sleep(2.Seconds(), 3));
        Assert.Equal([1, 2, 3], results.AsSpan());
        Assert.Equal(3.Seconds(), EventLoop.Running.Time);
    });

    [Fact]
    public void Gather_OfEveryKind_Works() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        Future<int> future = loop.CreateFuture<int>();
        loop.CallSoon(() => future.SetResult(1));
        LoopTask<int> task = Aio.CreateTask(Aio.Sleep(1.Seconds(), 2));
        Assert.Equal(new[] { 1 }, await Aio.Gather(future));
        Assert.Equal(new[] { 2, 2 }, await Aio.Gather(task, task));
        Assert.Equal(new[] { 2 }, await Aio.Gather(new List<LoopTask<int>> { task }));
        Assert.Equal(new[] { 5, 6 }, await Aio.Gather(Enumerable.Range(5, 2).Select(n => Aio.Sleep(n.Seconds(), n))));
        await Aio.Gather(Aio.Sleep(1.Seconds()), Aio.Sleep(2.Seconds()));
        await Aio.Gather(Enumerable.Range(1, 3).Select(n => Aio.Sleep(n.Seconds())));
        await Aio.Gather(future, task, Aio.CreateTask(default(Coroutine)));
        await Aio.Gather(new List<Future> { future, task });
    });

    /// <summary>CPython: FutureGatherTests.test_constructor_empty_sequence_use_running_loop.</summary>
    [Fact]
    public void Gather_OfNothing_IsDone() => Run(async () =>
    {
        Future<int[]> nothing = Aio.Gather(Array.Empty<LoopTask<int>>());
        Assert.True(nothing.IsDone);
        Assert.Empty(await nothing);
        Assert.Empty(await Aio.Gather(Array.Empty<Coroutine<int>>()));
        await Aio.Gather(Array.Empty<Future>());
    });

    /// <summary>CPython: CoroutineGatherTests.test_duplicate_coroutines.</summary>
    [Fact]
    public void Gather_OfOneTaskSeveralTimes_GivesItsResultInEachPlace() => Run(async () =>
    {
        LoopTask<int> a = Aio.CreateTask(Aio.Sleep(1.Seconds(), 1));
        LoopTask<int> b = Aio.CreateTask(Aio.Sleep(2.Seconds(), 2));
        Assert.Equal(new[] { 1, 2, 1, 1 }, await Aio.Gather(a, b, a, a));
    });

    /// <summary>Rule 11: with every child done there is nothing to wait for.</summary>
    [Fact]
    public void Gather_OfDoneFutures_IsDone() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Aio.Sleep(1.Seconds(), 5));
        await task;
        Future<int[]> gather = Aio.Gather(task, task);
        Assert.True(gather.IsDone);
        Assert.Equal(new[] { 5, 5 }, await gather);
    });

    /// <summary>CPython: GatherTestsBase.test_one_exception.</summary>
    [Fact]
    public void Gather_WhereOneFails_EndsAtOnceAndTheOthersRunOn() => Run(async () =>
    {
        LoopTask<int> slow = Aio.CreateTask(Aio.Sleep(10.Seconds(), 1));
        LoopTask<int> bad = Aio.CreateTask(Fail(1.Seconds()));
        await Throws<FormatException>(Aio.Gather(slow, bad));
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);
        Assert.False(slow.IsDone);
        Assert.Equal(1, await slow);
    });

    /// <summary>CPython: CoroutineGatherTests.test_exception_marking. A second error counts as seen.</summary>
    [Fact]
    public void Gather_WhereSeveralFail_ThrowsTheFirstInTime()
    {
        List<ExceptionContext> reports = Reports(async () =>
        {
            FormatException error = await Throws<FormatException>(
                Aio.Gather(Fail(2.Seconds(), "second"), Fail(1.Seconds(), "first"), Fail(3.Seconds(), "third")));
            Assert.Equal("first", error.Message);
            await Aio.Sleep(10.Seconds());
            Garbage.Collect();
            await Turns(3);
        });
        Assert.Empty(reports);
    }

    /// <summary>CPython: FutureGatherTests.test_one_cancellation.</summary>
    [Fact]
    public void Gather_WhereAChildIsCancelled_EndsWithThatAndIsNotCancelledItself() => Run(async () =>
    {
        LoopTask<int> slow = Aio.CreateTask(Aio.Sleep(10.Seconds(), 1));
        LoopTask<int> cancelled = Aio.CreateTask(Aio.Sleep(10.Seconds(), 1));
        Future<int[]> gather = Aio.Gather(slow, cancelled);
        await Turns();
        cancelled.Cancel("why");
        Assert.Equal("why", (await Throws<CancelledException>(gather)).CancelMessage);
        Assert.False(gather.IsCancelled);
        Assert.True(gather.IsFaulted);
        Assert.False(slow.IsDone);
        Assert.Equal(0, slow.Cancelling());
        slow.Cancel();
    });

    /// <summary>CPython: CoroutineGatherTests.test_cancellation_broadcast. Rule 11.</summary>
    [Fact]
    public void Cancel_OfAGather_CancelsItsChildrenAndWaitsForThem() => Run(async () =>
    {
        var log = new List<string>();
        LoopTask[] children = [Aio.CreateTask(CleanUp("a")), Aio.CreateTask(CleanUp("b"))];
        Future gather = Aio.Gather(children);
        await Turns();
        Assert.True(gather.Cancel());
        Assert.False(gather.IsDone);
        await Throws<CancelledException>(gather);
        Assert.False(gather.IsCancelled);
        Assert.All(children, child => Assert.True(child.IsCancelled));
        Assert.False(gather.Cancel());

        async Coroutine CleanUp(string name)
        {
            try
            {
                await Forever();
            }
            finally
            {
                await Aio.Sleep(1.Seconds());
                log.Add(name);
            }
        }
    });

    [Fact]
    public void Cancel_OfTheTaskThatGathers_CancelsTheChildren() => Run(async () =>
    {
        LoopTask[] children = [.. Enumerable.Range(0, 10).Select(_ => Aio.CreateTask(Forever()))];
        LoopTask task = Aio.CreateTask(Wait());
        await Turns(2);
        task.Cancel("why");
        Assert.Equal("why", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.All(children, child => Assert.True(child.IsCancelled));

        async Coroutine Wait() => await Aio.Gather(children);
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_gather_1.</summary>
    [Fact]
    public void Cancel_WhenEveryChildIsDoneButTheGatherDoesNotKnow_DoesNothingToIt() => Run(async () =>
    {
        LoopTask<int> child = Aio.CreateTask(Aio.Sleep(TimeSpan.Zero, 1));
        Future<int[]> gather = Aio.Gather(child);
        while (!child.IsDone)
        {
            await Aio.Yield();
        }

        if (!gather.IsDone)
        {
            Assert.False(gather.Cancel());
        }

        Assert.Equal(new[] { 1 }, await gather);
    });

    [Fact]
    public void Cancel_ThatAChildSwallows_StillEndsTheGatherAsCancelled() => Run(async () =>
    {
        LoopTask child = Aio.CreateTask(Swallow());
        Future gather = Aio.Gather(child);
        await Turns();
        gather.Cancel();
        await Throws<CancelledException>(gather);
        Assert.False(child.IsCancelled);

        static async Coroutine Swallow()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                // Swallowed: that is what is tried here.
            }
        }
    });

    /// <summary>CPython: GatherTestsBase.test_return_exceptions.</summary>
    [Fact]
    public void GatherOutcomes_TellsHowEachEnded() => Run(async () =>
    {
        LoopTask<int> cancelled = Aio.CreateTask(Aio.Sleep(10.Seconds(), 1));
        Future<Outcome<int>[]> gather = Aio.GatherOutcomes(
            Aio.CreateTask(Aio.Sleep(1.Seconds(), 1)), Aio.CreateTask(Fail(2.Seconds())), cancelled);
        await Turns();
        cancelled.Cancel();
        Outcome<int>[] outcomes = await gather;
        Assert.Equal([true, false, false], outcomes.Select(outcome => outcome.IsSuccess));
        Assert.Equal([false, false, true], outcomes.Select(outcome => outcome.IsCancelled));
        Assert.Equal(1, outcomes[0].Result);
        Assert.Null(outcomes[0].Exception);
        Assert.IsType<FormatException>(outcomes[1].Exception);
        Assert.Throws<FormatException>(() => outcomes[1].Result);
        Assert.IsType<CancelledException>(outcomes[2].Exception);
        Assert.Throws<CancelledException>(() => outcomes[2].Result);
        Assert.Equal(2.Seconds(), EventLoop.Running.Time);
    });

    [Fact]
    public void GatherOutcomes_WithoutResults_TellsHowEachEnded() => Run(async () =>
    {
        LoopTask good = Aio.CreateTask(Aio.Sleep(1.Seconds()));
        Future<int> bad = EventLoop.Running.CreateFuture<int>();
        bad.SetException(new FormatException());
        Outcome[] outcomes = await Aio.GatherOutcomes(good, bad);
        outcomes[0].ThrowIfFailed();
        Assert.True(outcomes[0].IsSuccess);
        Assert.Throws<FormatException>(outcomes[1].ThrowIfFailed);
        Assert.IsType<FormatException>(outcomes[1].Exception);
        Assert.False(outcomes[1].IsCancelled);
    });

    /// <summary>CPython: rule 11. It waits for all children, and then ends with the cancellation.</summary>
    [Fact]
    public void Cancel_OfGatherOutcomes_WaitsForTheChildrenAndThrows() => Run(async () =>
    {
        LoopTask<int>[] children = [Aio.CreateTask(Aio.Sleep(10.Seconds(), 1)), Aio.CreateTask(Slow())];
        Future<Outcome<int>[]> gather = Aio.GatherOutcomes(children);
        await Turns();
        gather.Cancel();
        await Throws<CancelledException>(gather);
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);
        Assert.True(children[0].IsCancelled);
        Assert.Equal(7, children[1].Result);

        static async Coroutine<int> Slow()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                // Swallowed: that is what is tried here.
            }

            await Aio.Sleep(1.Seconds());
            return 7;
        }
    });

    [Fact]
    public void Gather_OfFuturesOfAnotherLoopOrNull_IsRefused() => Run(async () =>
    {
        using var other = new TestLoop();
        Future<int> mine = EventLoop.Running.CreateFuture<int>();
        Future<int> foreign = other.Loop.CreateFuture<int>();
        Assert.Throws<InvalidOperationException>(() => { _ = Aio.Gather(mine, foreign); });
        Assert.Throws<ArgumentNullException>(() => { _ = Aio.Gather(mine, null!); });
        Assert.Throws<InvalidOperationException>(() => { _ = Aio.GatherOutcomes(mine, foreign); });
        mine.SetResult(1);
        await mine;
    });

    private static async Coroutine<int> Fail(TimeSpan after, string message = "x")
    {
        await Aio.Sleep(after);
        throw new FormatException(message);
    }
}
