namespace Gyre.Tests.Loop;

public class TimerHandleTests
{
    /// <summary>CPython: TimerTests.test_timer.</summary>
    [Fact]
    public void Cancel_BeforeItsTime_KeepsItFromRunning()
    {
        using var test = new TestLoop();
        TimerHandle timer = test.Loop.CallLater(1.Seconds(), test.Write("no"));
        Assert.True(timer.IsPending);
        Assert.True(timer.Cancel());
        Assert.True(timer.IsCancelled);
        Assert.False(timer.IsPending);
        Assert.False(timer.Cancel());
        test.RunFor(2.Seconds());
        Assert.Empty(test.Log);
    }

    /// <summary>Guarantee G-13.</summary>
    [Fact]
    public void Cancel_BetweenItsTimeAndItsTurn_KeepsItFromRunning()
    {
        using var test = new TestLoop();
        TimerHandle second = null!;
        test.Loop.CallAt(1.Seconds(), () => Assert.True(second.Cancel()));
        second = test.Loop.CallAt(1.Seconds(), test.Write("no"));
        test.RunFor(2.Seconds());
        Assert.Empty(test.Log);
        Assert.True(second.IsCancelled);
    }

    [Fact]
    public void Cancel_AfterItRan_DoesNothing()
    {
        using var test = new TestLoop();
        TimerHandle timer = test.Loop.CallLater(1.Seconds(), test.Write("ran"));
        test.RunFor(1.Seconds());
        Assert.False(timer.Cancel());
        Assert.False(timer.IsCancelled);
        Assert.False(timer.IsPending);
        Assert.Equal(["ran"], test.Log);
    }

    [Fact]
    public void Cancel_FromItsOwnCallback_DoesNothing()
    {
        using var test = new TestLoop();
        TimerHandle timer = null!;
        bool cancelled = true;
        timer = test.Loop.CallLater(1.Seconds(), () => cancelled = timer.Cancel());
        test.RunFor(1.Seconds());
        Assert.False(cancelled);
    }

    /// <summary>CPython: TimerTests.test_timer.</summary>
    [Fact]
    public void Cancel_LetsGoOfTheCallbackAtOnce()
    {
        using var test = new TestLoop();
        (TimerHandle timer, WeakReference state) = Schedule(test.Loop);
        timer.Cancel();
        Garbage.CollectUntil(() => !state.IsAlive);
        Assert.True(timer.IsCancelled);
    }

    [Fact]
    public void Fire_LetsGoOfTheCallback()
    {
        using var test = new TestLoop();
        (TimerHandle timer, WeakReference state) = Schedule(test.Loop);
        test.RunFor(2.Seconds());
        Garbage.CollectUntil(() => !state.IsAlive);
        Assert.False(timer.IsPending);
    }

    [Fact]
    public void Cancel_TheOnlyTimer_LeavesNothingToWaitFor()
    {
        using var test = new TestLoop();
        test.Loop.CallLater(1.Seconds(), () => { }).Cancel();
        Assert.Throws<Gyre.Testing.DeadlockException>(test.Loop.RunForever);
        Assert.Equal(TimeSpan.Zero, test.Loop.Time);
    }

    /// <summary>CPython: BaseEventLoopTests.test__run_once.</summary>
    [Fact]
    public void Cancel_TheNextTimer_HasTheLoopWaitForTheOneAfterIt()
    {
        using var test = new TestLoop();
        test.Loop.CallLater(5.Seconds(), test.Write("no")).Cancel();
        test.Loop.CallLater(10.Seconds(), test.Loop.Stop);
        test.Loop.RunForever();
        Assert.Equal(1, test.Loop.Iterations);
        Assert.Equal(10.Seconds(), test.Loop.Time);
        Assert.Empty(test.Log);
    }

    /// <summary>CPython: TimerTests.test_timer_repr.</summary>
    [Fact]
    public void ToString_TellsWhatWillRunAndWhen()
    {
        using var test = new TestLoop();
        TimerHandle timer = test.Loop.CallAt(123.Seconds(), Noop);
        TimerHandle cancelled = test.Loop.CallAt(1.5.Seconds(), _ => { }, null);
        Assert.Equal("timer of TimerHandleTests.Noop at 123 s", timer.ToString());
        Assert.Equal(
            $"timer of lambda in TimerHandleTests.{nameof(ToString_TellsWhatWillRunAndWhen)} at 1.5 s", cancelled.ToString());
        cancelled.Cancel();
        Assert.Equal("cancelled timer at 1.5 s", cancelled.ToString());
        test.RunFor(123.Seconds());
        Assert.Equal("timer that has run at 123 s", timer.ToString());
    }

    /// <summary>CPython: TimerTests.test_timer_comparison: timers are compared by the loop, by their times.</summary>
    [Fact]
    public void Equals_TellsTimersOfOneInstantApart()
    {
        using var test = new TestLoop();
        TimerHandle first = test.Loop.CallAt(1.Seconds(), Noop);
        TimerHandle second = test.Loop.CallAt(1.Seconds(), Noop);
        TimerHandle copy = first;
        Assert.True(first == copy);
        Assert.False(first == second);
        Assert.False(first.Equals(second));
        Assert.Equal(first.When, second.When);
        Assert.True(first.When < test.Loop.CallAt(2.Seconds(), Noop).When);
    }

    private static void Noop()
    {
    }

    private static (TimerHandle Timer, WeakReference State) Schedule(EventLoop loop)
    {
        object state = new();
        return (loop.CallLater(1.Seconds(), _ => { }, state), new WeakReference(state));
    }
}
