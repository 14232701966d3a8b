using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public partial class GatherTests
{
    /// <summary>CPython: GatherTestsBase.test_success.</summary>
    [Fact]
    public void Gather_OfFutures_EndsWithTheLastAndCallsBackOnce()
    {
        using var test = new TestLoop();
        Future<int>[] futures = [.. Enumerable.Range(0, 3).Select(_ => test.Loop.CreateFuture<int>())];
        Future<int[]>? gather = null;
        int called = 0;
        test.Loop.CallSoon(() =>
        {
            gather = Aio.Gather(futures);
            gather.AddDoneCallback((Future _) => called++);
        });
        test.Turn();
        futures[1].SetResult(1);
        futures[0].SetResult(2);
        test.Turns(3);
        Assert.False(gather!.IsDone);
        Assert.Equal(0, called);
        futures[2].SetResult(3);
        test.Turns(3);
        Assert.Equal(1, called);
        Assert.Equal([2, 1, 3], gather.Result.AsSpan());
    }

    /// <summary>CPython: GatherTestsBase.test_result_exception_success.</summary>
    [Fact]
    public void GatherOutcomes_WhenAllSucceed_HasTheResultsInTheOrderOfTheList() => Run(async () =>
    {
        Outcome<int>[] outcomes = await Aio.GatherOutcomes(
            Aio.Sleep(3.Seconds(), 1), Aio.Sleep(1.Seconds(), 2), Aio.Sleep(2.Seconds(), 3));
        Assert.Equal([1, 2, 3], outcomes.Select(outcome => outcome.Result));
    });

    /// <summary>CPython: GatherTestsBase.test_one_exception: what the others do later is nothing to it.</summary>
    [Fact]
    public void Gather_ThatHasFailed_HeedsNothingThatItsFuturesDoLater() => Run(async () =>
    {
        Future<int>[] futures = [.. Enumerable.Range(0, 5).Select(_ => EventLoop.Running.CreateFuture<int>())];
        Future<int[]> gather = Aio.Gather(futures);
        int called = 0;
        gather.AddDoneCallback((Future _) => called++);
        var error = new FormatException();
        futures[0].SetResult(1);
        futures[1].SetException(error);
        await Turns(2);
        Assert.Equal(1, called);
        Assert.Same(error, gather.Exception);
        futures[2].SetResult(3);
        futures[3].Cancel();
        futures[4].SetException(new NotSupportedException());
        await Turns(3);
        Assert.Equal(1, called);
        Assert.Same(error, gather.Exception);
    });

    /// <summary>CPython: GatherTestsBase.test_return_exceptions.</summary>
    [Fact]
    public void GatherOutcomes_OfFutures_WaitsForTheLastOfThemThoughOneHasFailed() => Run(async () =>
    {
        Future<int>[] futures = [.. Enumerable.Range(0, 4).Select(_ => EventLoop.Running.CreateFuture<int>())];
        Future<Outcome<int>[]> gather = Aio.GatherOutcomes(futures);
        Exception[] errors = [new FormatException(), new NotSupportedException()];
        futures[1].SetResult(1);
        futures[2].SetException(errors[0]);
        futures[0].SetResult(3);
        await Turns(2);
        Assert.False(gather.IsDone);
        futures[3].SetException(errors[1]);
        Outcome<int>[] outcomes = await gather;
        Assert.Equal([null, null, errors[0], errors[1]], outcomes.Select(outcome => outcome.Exception));
    });

    /// <summary>CPython: FutureGatherTests.test_result_exception_one_cancellation.</summary>
    [Fact]
    public void GatherOutcomes_WhereSomeAreCancelled_GoesOnToTheLast() => Run(async () =>
    {
        Future<int>[] futures = [.. Enumerable.Range(0, 5).Select(_ => EventLoop.Running.CreateFuture<int>())];
        Future<Outcome<int>[]> gather = Aio.GatherOutcomes(futures);
        futures[0].SetResult(1);
        futures[1].SetException(new FormatException());
        futures[2].Cancel();
        await Turns(2);
        Assert.False(gather.IsDone);
        futures[3].Cancel();
        futures[4].SetResult(5);
        Outcome<int>[] outcomes = await gather;
        Assert.Equal([false, false, true, true, false], outcomes.Select(outcome => outcome.IsCancelled));
        Assert.Equal([true, false, false, false, true], outcomes.Select(outcome => outcome.IsSuccess));
    });

    /// <summary>CPython: FutureGatherTests.test_constructor_homogenous_futures.</summary>
    [Fact]
    public void Gather_OfTheSameFuturesTwice_BelongsToTheirLoopBothTimes() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        Future<int>[] futures = [.. Enumerable.Range(0, 3).Select(_ => loop.CreateFuture<int>())];
        for (int i = 0; i < 2; i++)
        {
            Future<int[]> gather = Aio.Gather(futures);
            await Turns();
            Assert.Same(loop, gather.Loop);
            Assert.False(gather.IsDone);
        }
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_gather_1.</summary>
    [Fact]
    public void Cancel_BetweenTheEndOfTheChildrenAndItsOwn_IsRefused() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        Future<int[]> gather = Aio.Gather(Child());
        await Turns();
        bool? accepted = null;
        future.AddDoneCallback((Future _) =>
        {
            Assert.False(gather.IsDone);
            accepted = gather.Cancel();
        });
        future.SetResult(42);
        Assert.Equal(new[] { 42 }, await gather);
        Assert.False(accepted);
        Assert.False(gather.IsCancelled);

        async Coroutine<int> Child() => await future;
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_gather_2.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("why")]
    public void Cancel_OfATaskThatGathersOutcomes_ArrivesWithItsMessage(string? message) => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(GatherAgainAndAgain());
        await Aio.Sleep(0.2.Seconds());
        task.Cancel(message);
        CancelledException error = await Throws<CancelledException>(task);
        Assert.Equal(message, error.CancelMessage);
        Assert.Null(error.InnerException);
        Assert.Equal(0.2.Seconds(), EventLoop.Running.Time);

        static async Coroutine GatherAgainAndAgain()
        {
            for (int i = 0; i < 20; i++)
            {
                await Aio.GatherOutcomes(Aio.Sleep(0.05.Seconds(), 1));
            }
        }
    });

    /// <summary>Guarantee G-26: a task has its place twice, a coroutine cannot.</summary>
    [Fact]
    public void Gather_OfOneCoroutineTwice_IsRefused() => Run(async () =>
    {
        Coroutine<int> coroutine = Aio.Sleep(1.Seconds(), 1);
        Assert.Throws<InvalidOperationException>(() => { _ = Aio.Gather(coroutine, coroutine); });
        await Aio.Sleep(2.Seconds());
        Assert.Same(Aio.CurrentTask, Assert.Single(Aio.AllTasks()));
    });
}
