using Gyre.Testing;

namespace Gyre.Tests.Tasks;

public class CancelScopeShieldTests
{
    private readonly VirtualClock _clock = new();

    [Fact]
    public void Shield_SetBackWhileWaiting_LetsTheScopeIn() => Run(async () =>
    {
        CancelScope outer = await Aio.CancelScope(async outer => await Aio.CancelScope(async inner =>
        {
            Aio.RunningLoop.CallLater(1.Seconds(), () => outer.Cancel());
            Aio.RunningLoop.CallLater(3.Seconds(), () => inner.Shield = false);
            await Aio.Sleep(9.Seconds());
        }, shield: true));
        Assert.True(outer.CaughtCancellation);
        Assert.Equal(3.Seconds(), _clock.Elapsed);
    });

    [Fact]
    public void Shield_SetBackWhileWaiting_LetsTheRequestIn() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Shielded());
        await Aio.Sleep(1.Seconds());
        task.Cancel("held");
        Assert.Equal(0, task.Cancelling());
        await Aio.Wait([task]);
        CancelledException error = await Assert.ThrowsAsync<CancelledException>(async () => await task);
        Assert.Equal("held", error.CancelMessage);
        Assert.Equal(3.Seconds(), _clock.Elapsed);

        static async Coroutine Shielded() => await Aio.CancelScope(async scope =>
        {
            Aio.RunningLoop.CallLater(3.Seconds(), () => scope.Shield = false);
            await Aio.Sleep(9.Seconds());
        }, shield: true);
    });

    /// <summary>Guarantee G-52.</summary>
    [Fact]
    public void Shield_SetInTheCleanUp_KeepsTheLevelOff() => Run(async () =>
    {
        bool cleaned = false;
        CancelScope outer = await Aio.CancelScope(async outer => await Aio.CancelScope(async inner =>
        {
            try
            {
                await Aio.Sleep(9.Seconds());
            }
            finally
            {
                inner.Shield = true;
                Assert.Equal(0, Aio.CurrentTask!.Cancelling());
                await Aio.Sleep(1.Seconds());
                cleaned = true;
                inner.Shield = false;
                Assert.Equal(1, Aio.CurrentTask!.Cancelling());
            }
        }), delay: 2.Seconds());
        Assert.True(cleaned);
        Assert.True(outer.CaughtCancellation);
        Assert.Equal(3.Seconds(), _clock.Elapsed);
    });

    /// <summary>Guarantee G-52.</summary>
    [Fact]
    public void Shield_SetFirstThing_HoldsARequestThatWasPending() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(CancelsItself());
        await Aio.Wait([task]);
        Assert.True(task.IsCancelled);
        Assert.Equal(1.Seconds(), _clock.Elapsed);

        static async Coroutine CancelsItself()
        {
            Aio.CurrentTask!.Cancel();
            await Aio.CancelScope(async scope =>
            {
                scope.Shield = true;
                await Aio.Sleep(1.Seconds());
            });
            await Aio.Sleep(9.Seconds());
        }
    });

    /// <summary>Guarantee G-52.</summary>
    [Fact]
    public void Shield_TwoDeep_HoldsUntilTheOuterIsLeft() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Nested());
        await Aio.Sleep(1.Seconds());
        task.Cancel();
        task.Cancel();
        await Aio.Wait([task]);
        Assert.True(task.IsCancelled);
        Assert.Equal(2, task.Cancelling());
        Assert.Equal(5.Seconds(), _clock.Elapsed);

        static async Coroutine Nested()
        {
            await Aio.CancelScope(async _ =>
            {
                await Aio.CancelScope(async _ => await Aio.Sleep(2.Seconds()), shield: true);
                await Aio.Sleep(3.Seconds());
                Assert.Equal(0, Aio.CurrentTask!.Cancelling());
            }, shield: true);
            Assert.Equal(2, Aio.CurrentTask!.Cancelling());
            await Aio.Sleep(9.Seconds());
        }
    });

    [Fact]
    public void Shield_OuterRaisedWhileTheInnerHolds_TakesTheRequestOver() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Nested());
        await Aio.Sleep(2.Seconds());
        task.Cancel();
        await Aio.Wait([task]);
        Assert.True(task.IsCancelled);
        Assert.Equal(7.Seconds(), _clock.Elapsed);

        static async Coroutine Nested()
        {
            await Aio.CancelScope(async outer =>
            {
                Aio.RunningLoop.CallLater(3.Seconds(), () => outer.Shield = true);
                await Aio.CancelScope(async _ => await Aio.Sleep(5.Seconds()), shield: true);
                await Aio.Sleep(2.Seconds());
            });
            await Aio.Sleep(9.Seconds());
        }
    });

    [Fact]
    public void Shield_TaskAwaitedInside_HoldsTheRequestOfItsAwaiter() => Run(async () =>
    {
        LoopTask inner = Aio.CreateTask(ShieldedSleep(), "inner");
        LoopTask outer = Aio.CreateTask(AwaitTask(inner), "outer");
        await Aio.Sleep(1.Seconds());
        outer.Cancel();
        Assert.Equal(1, outer.Cancelling());
        Assert.Equal(0, inner.Cancelling());
        await Aio.Wait([outer]);
        Assert.True(outer.IsCancelled);
        Assert.True(inner.IsCancelled);
        Assert.Equal(4.Seconds(), _clock.Elapsed);

        static async Coroutine ShieldedSleep()
        {
            await Aio.CancelScope(async _ => await Aio.Sleep(4.Seconds()), shield: true);
            await Aio.Sleep(9.Seconds());
        }

        static async Coroutine AwaitTask(LoopTask task) => await task;
    });

    [Fact]
    public void Shield_OwnDeadline_IsNotHeldOff() => Run(async () =>
    {
        CancelScope scope = await Aio.CancelScope(
            async _ => await Aio.Sleep(9.Seconds()), delay: 1.Seconds(), shield: true);
        Assert.True(scope.CaughtCancellation);
        Assert.Equal(1.Seconds(), _clock.Elapsed);
    });

    private void Run(Func<Coroutine> main) => Aio.Run(main, _clock.CreateOptions(debug: true));
}
