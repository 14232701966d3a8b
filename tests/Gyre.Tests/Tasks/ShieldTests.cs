using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public class ShieldTests
{
    /// <summary>CPython: BaseTaskTests.test_shield_result.</summary>
    [Fact]
    public void Shield_EndsAsTheInnerOneDoes() => Run(async () =>
    {
        Assert.Equal(5, await Aio.Shield(Aio.Sleep(1.Seconds(), 5)));
        Assert.Equal(6, await Aio.Shield(Aio.CreateTask(Aio.Sleep(1.Seconds(), 6))));
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        EventLoop.Running.CallSoon(() => future.SetResult(7));
        Assert.Equal(7, await Aio.Shield(future));
        await Aio.Shield(Aio.Sleep(1.Seconds()));
        await Aio.Shield((Future)Aio.CreateTask(Aio.Sleep(1.Seconds())));
    });

    /// <summary>CPython: BaseTaskTests.test_shield_exception.</summary>
    [Fact]
    public void Shield_OfWhatFails_Fails() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        Future<int> shield = Aio.Shield(future);
        var error = new FormatException();
        future.SetException(error);
        Assert.Same(error, await Throws<FormatException>(shield));
    });

    /// <summary>CPython: BaseTaskTests.test_shield_cancel_inner.</summary>
    [Fact]
    public void Cancel_OfTheInnerOne_CancelsTheShield() => Run(async () =>
    {
        Future<int> inner = EventLoop.Running.CreateFuture<int>();
        Future<int> outer = Aio.Shield(inner);
        inner.Cancel();
        await Turns();
        Assert.True(outer.IsCancelled);
    });

    /// <summary>CPython: BaseTaskTests.test_shield_cancel_outer, test_shield_effect.</summary>
    [Fact]
    public void Cancel_OfTheOneWhoAwaits_LeavesTheInnerOneRunning() => Run(async () =>
    {
        bool done = false;
        LoopTask inner = Aio.CreateTask(Work());
        LoopTask outer = Aio.CreateTask(Wait());
        await Turns(2);
        outer.Cancel("why");
        Assert.Equal("why", (await Throws<CancelledException>(outer)).CancelMessage);
        Assert.Equal(0, inner.Cancelling());
        await inner;
        Assert.True(done);

        async Coroutine Wait() => await Aio.Shield(inner);

        async Coroutine Work()
        {
            await Aio.Sleep(1.Seconds());
            done = true;
        }
    });

    /// <summary>CPython: BaseTaskTests.test_shield_shortcut. Rule 10.</summary>
    [Fact]
    public void Shield_OfADoneFuture_IsDone() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        Future<int> good = loop.CreateFuture<int>();
        Future<int> bad = loop.CreateFuture<int>();
        Future<int> cancelled = loop.CreateFuture<int>();
        good.SetResult(1);
        bad.SetException(new FormatException());
        cancelled.Cancel("why");
        Assert.Equal(1, Aio.Shield(good).Result);
        Assert.IsType<FormatException>(Aio.Shield(bad).Exception);
        Assert.True(Aio.Shield(cancelled).IsCancelled);
        Assert.Equal("why", (await Throws<CancelledException>(Aio.Shield(cancelled))).CancelMessage);
    });

    /// <summary>Rule 10. The error has lost its receiver and goes to the exception handler, once.</summary>
    [Fact]
    public void LateError_AfterTheOuterOneWasCancelled_IsReportedOnce()
    {
        List<ExceptionContext> reports = Reports(async () =>
        {
            LoopTask<int> inner = Aio.CreateTask(Fail());
            for (int i = 0; i < 5; i++)
            {
                await Throws<TimeoutException>(async () => await Aio.WaitFor(Aio.Shield(inner), 1.Seconds()));
            }

            await Aio.Wait([inner]);
            await Turns(3);
        });
        Assert.IsType<FormatException>(Assert.Single(reports).Exception);

        static async Coroutine<int> Fail()
        {
            await Aio.Sleep(100.Seconds());
            throw new FormatException("late");
        }
    }

    [Fact]
    public void LateResultOrCancellation_AfterTheOuterOneWasCancelled_IsNotReported() => Run(async () =>
    {
        LoopTask<int> inner = Aio.CreateTask(Aio.Sleep(10.Seconds(), 1));
        Aio.Shield(inner).Cancel();
        Assert.Equal(1, await inner);
        LoopTask<int> second = Aio.CreateTask(Aio.Sleep(10.Seconds(), 1));
        Aio.Shield(second).Cancel();
        await Turns();
        second.Cancel();
        await Aio.Wait([second]);
        await Turns(2);
    });

    /// <summary>CPython: BaseTaskTests.test_shield_gather.</summary>
    [Fact]
    public void Shield_OfAGather_KeepsTheChildrenFromTheCancellation() => Run(async () =>
    {
        LoopTask<int>[] children = [Aio.CreateTask(Aio.Sleep(1.Seconds(), 1)), Aio.CreateTask(Aio.Sleep(2.Seconds(), 2))];
        Future<int[]> gather = Aio.Gather(children);
        Future<int[]> outer = Aio.Shield(gather);
        outer.Cancel();
        Assert.Equal(new[] { 1, 2 }, await gather);
        Assert.True(outer.IsCancelled);
    });

    /// <summary>CPython: BaseTaskTests.test_gather_shield.</summary>
    [Fact]
    public void Gather_OfShields_CancelsTheShieldsOnly() => Run(async () =>
    {
        LoopTask<int>[] inner = [Aio.CreateTask(Aio.Sleep(1.Seconds(), 1)), Aio.CreateTask(Aio.Sleep(2.Seconds(), 2))];
        Future<int>[] shields = [Aio.Shield(inner[0]), Aio.Shield(inner[1])];
        Future<int[]> gather = Aio.Gather(shields);
        await Turns();
        gather.Cancel();
        await Throws<CancelledException>(gather);
        Assert.All(shields, shield => Assert.True(shield.IsCancelled));
        Assert.Equal(1, await inner[0]);
        Assert.Equal(2, await inner[1]);
    });

    [Fact]
    public void Shield_CancelledInTheMomentTheInnerOneEnds_DropsTheResult() => Run(async () =>
    {
        Future<int> inner = EventLoop.Running.CreateFuture<int>();
        Future<int> outer = Aio.Shield(inner);
        inner.SetResult(1);
        outer.Cancel();
        await Turns(3);
        Assert.True(outer.IsCancelled);
    });

    /// <summary>CPython: BaseTaskTests.test_shield_cancel_outer.</summary>
    [Fact]
    public void Cancel_OfTheShield_CancelsItAlone() => Run(async () =>
    {
        Future<int> inner = EventLoop.Running.CreateFuture<int>();
        Future<int> outer = Aio.Shield(inner);
        await Turns();
        Assert.True(outer.Cancel());
        await Turns();
        Assert.True(outer.IsCancelled);
        Assert.False(inner.IsDone);
    });
}
