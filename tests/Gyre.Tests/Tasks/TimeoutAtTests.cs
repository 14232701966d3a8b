using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary><c>Aio.TimeoutAt</c>. Guarantees G-44, G-45.</summary>
public class TimeoutAtTests
{
    /// <summary>CPython: TimeoutTests.test_timeout_at_basic.</summary>
    [Fact]
    public void TimeoutAt_Expired_CancelsTheBodyAndThrows() => Run(async () =>
    {
        await Aio.Sleep(3.Seconds());
        TimeSpan deadline = EventLoop.Running.Time + 0.01.Seconds();
        TimeoutScope? scope = null;
        await Throws<TimeoutException>(() => Aio.TimeoutAt(deadline, async given =>
        {
            scope = given;
            await Aio.Sleep(10.Seconds());
        }));
        Assert.True(scope!.IsExpired);
        Assert.Equal(deadline, scope.When);
        Assert.Equal(deadline, EventLoop.Running.Time);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    [Fact]
    public void TimeoutAt_NotExpired_ReturnsTheResult() => Run(async () =>
    {
        TimeSpan deadline = EventLoop.Running.Time + 10.Seconds();
        TimeoutScope? scope = null;
        int result = await Aio.TimeoutAt(deadline, async given =>
        {
            scope = given;
            return await Aio.Sleep(1.Seconds(), 5);
        });
        Assert.Equal(5, result);
        Assert.False(scope!.IsExpired);
        Assert.Equal(deadline, scope.When);
        Assert.Equal(0, EventLoop.Running.Timers.PendingCount);
    });

    /// <summary>CPython: TimeoutTests.test_timeout_at_disabled.</summary>
    [Fact]
    public void TimeoutAt_Null_IsNoLimit() => Run(async () => await Aio.TimeoutAt(null, async scope =>
    {
        Assert.Null(scope.When);
        await Aio.Sleep(TimeSpan.FromDays(1000));
        Assert.False(scope.IsExpired);
    }));

    [Fact]
    public void TimeoutAt_InThePast_EndsTheBodyInTheNextIteration() => Run(async () =>
    {
        TimeSpan start = EventLoop.Running.Time;
        await Throws<TimeoutException>(() => Aio.TimeoutAt(start - 1.Seconds(), async _ => await Aio.Sleep(10.Seconds())));
        Assert.Equal(start, EventLoop.Running.Time);
        Assert.Equal(1, await Aio.TimeoutAt(start - 1.Seconds(), async _ =>
        {
            await default(Coroutine);
            return 1;
        }));
    });

    /// <summary>One deadline for several blocks, which is what it is for.</summary>
    [Fact]
    public void TimeoutAt_InSeveralBlocks_IsOneDeadline() => Run(async () =>
    {
        TimeSpan deadline = EventLoop.Running.Time + 5.Seconds();
        await Aio.TimeoutAt(deadline, async _ => await Aio.Sleep(3.Seconds()));
        await Throws<TimeoutException>(() => Aio.TimeoutAt(deadline, async _ => await Aio.Sleep(3.Seconds())));
        Assert.Equal(deadline, EventLoop.Running.Time);
    });

    [Fact]
    public void TimeoutAt_OfNoBody_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => Aio.TimeoutAt(null, (Func<TimeoutScope, Coroutine>)null!));
        Assert.Throws<ArgumentNullException>(() => Aio.TimeoutAt(null, (Func<TimeoutScope, Coroutine<int>>)null!));
    }
}
