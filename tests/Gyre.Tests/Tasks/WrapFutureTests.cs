using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public class WrapFutureTests
{
    /// <summary>CPython: BaseFutureTests.test_wrap_future.</summary>
    [Fact]
    public void WrapFuture_EndsAsTheTaskDoes() => Run(async () =>
    {
        Assert.Equal(1, await Aio.WrapFuture(Task.FromResult(1)));
        Assert.Equal(2, await Aio.WrapFuture(Task.Run(() => 2)));
        await Aio.WrapFuture(Task.CompletedTask);
        await Aio.WrapFuture(Task.Run(() => { }));
        await Throws<FormatException>(async () => await Aio.WrapFuture(Task.Run(() => throw new FormatException())));
        await Throws<FormatException>(async () => await Aio.WrapFuture(Task.FromException<int>(new FormatException())));
        await Throws<CancelledException>(async () => await Aio.WrapFuture(Task.FromCanceled(new CancellationToken(true))));
    });

    [Fact]
    public void WrapFuture_OfATaskWithSeveralErrors_ThrowsThemTogether() => Run(async () =>
    {
        Task both = Task.WhenAll(
            Task.FromException(new FormatException()), Task.FromException(new NotSupportedException()));
        AggregateException error = await Throws<AggregateException>(async () => await Aio.WrapFuture(both));
        Assert.Equal(2, error.InnerExceptions.Count);
    });

    /// <summary>CPython: BaseFutureTests.test_wrap_future_cancel.</summary>
    [Fact]
    public void Cancel_LetsGoOfTheTask() => Run(async () =>
    {
        var source = new TaskCompletionSource<int>();
        Future<int> future = Aio.WrapFuture(source.Task);
        LoopTask<int> task = Aio.CreateTask(Wait(future));
        await Turns();
        task.Cancel("enough");
        Assert.Equal("enough", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.True(future.IsCancelled);
        Assert.False(source.Task.IsCompleted);

        source.SetResult(1);
        await Turns(3);
        Assert.True(future.IsCancelled);

        static async Coroutine<int> Wait(Future<int> future) => await future;
    });

    [Fact]
    public void Cancel_ThenAnErrorOfTheTask_IsLeftToTheBcl() => Run(async () =>
    {
        var source = new TaskCompletionSource<int>();
        Future<int> future = Aio.WrapFuture(source.Task);
        future.Cancel();
        source.SetException(new FormatException());
        await Turns(3);
        Assert.NotNull(source.Task.Exception);
    });

    [Fact]
    public void WrapFuture_OfNull_IsRefused() => Run(async () =>
    {
        await CoroutineTestsHelper();
        Assert.Throws<ArgumentNullException>(() => Aio.WrapFuture((Task)null!));
        Assert.Throws<ArgumentNullException>(() => Aio.WrapFuture((Task<int>)null!));

        static async Coroutine CoroutineTestsHelper() => await default(Coroutine);
    });

    [Fact]
    public void TaskThatEndsAfterTheLoopClosed_HurtsNobody()
    {
        var source = new TaskCompletionSource<int>();
        var test = new TestLoop();
        Future<int>? future = null;
        test.Loop.CallSoon(() => future = Aio.WrapFuture(source.Task));
        test.Turn();
        test.Dispose();
        source.SetResult(1);
        Assert.False(future!.IsDone);
    }

    /// <summary>CPython: BaseFutureTests.test_wrap_future_without_loop, test_wrap_future_use_running_loop.</summary>
    [Fact]
    public void WrapFuture_BelongsToTheRunningLoopAndNeedsOne()
    {
        Assert.Throws<InvalidOperationException>(() => Aio.WrapFuture(Task.FromResult(1)));
        Assert.Throws<InvalidOperationException>(() => Aio.WrapFuture(Task.CompletedTask));
        using var test = new TestLoop();
        Future<int>? future = null;
        test.Loop.CallSoon(() => future = Aio.WrapFuture(Task.FromResult(1)));
        test.Turns(2);
        Assert.Same(test.Loop, future!.Loop);
        Assert.Equal(1, future.Result);
    }

    /// <summary>CPython: BaseFutureTests.test_wrap_future_cancel2.</summary>
    [Fact]
    public void Cancel_WhenTheTaskHasJustEnded_DropsItsResult() => Run(async () =>
    {
        var source = new TaskCompletionSource<int>();
        Future<int> future = Aio.WrapFuture(source.Task);
        source.SetResult(42);
        Assert.True(future.Cancel());
        await Turns(2);
        Assert.True(future.IsCancelled);
        Assert.Equal(42, await source.Task);
    });
}
