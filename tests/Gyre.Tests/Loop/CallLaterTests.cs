namespace Gyre.Tests.Loop;

public class CallLaterTests
{
    /// <summary>CPython: EventLoopTestsMixin.test_call_later, BaseEventLoopTests.test_call_later.</summary>
    /// <remarks>CPython: TimerTests.test_when. Guarantee G-12.</remarks>
    [Fact]
    public void CallLater_RunsAtItsTimeAndNotBefore()
    {
        using var test = new TestLoop();
        TimeSpan? ranAt = null;
        TimerHandle timer = test.Loop.CallLater(100.Milliseconds(), () => ranAt = test.Loop.Time);
        Assert.Equal(100.Milliseconds(), timer.When);
        test.RunFor(99.Milliseconds());
        Assert.Null(ranAt);
        test.RunFor(1.Milliseconds());
        Assert.Equal(100.Milliseconds(), ranAt);
    }

    /// <summary>CPython: BaseEventLoopTests.test_time_and_call_at. Guarantee G-12.</summary>
    /// <remarks>CPython: TimerTests.test_timer_comparison.</remarks>
    [Fact]
    public void CallAt_DifferentTimes_RunInTheOrderOfTheTimes()
    {
        using var test = new TestLoop();
        test.Loop.CallAt(3.Seconds(), test.Write("3"));
        test.Loop.CallAt(1.Seconds(), test.Write("1"));
        test.Loop.CallAt(2.Seconds(), test.Write("2"));
        test.RunFor(5.Seconds());
        Assert.Equal(["1", "2", "3"], test.Log);
    }

    /// <summary>Guarantee G-12.</summary>
    [Fact]
    public void CallAt_OneInstant_RunsInTheOrderOfScheduling()
    {
        using var test = new TestLoop();
        for (int i = 0; i < 300; i++)
        {
            test.Loop.CallAt(1.Seconds(), test.Write($"{i}"));
        }

        test.RunFor(1.Seconds());
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i}"), test.Log);
    }

    /// <summary>CPython: BaseEventLoopTests.test_call_later_negative_delays.</summary>
    [Fact]
    public void CallLater_ZeroAndNegativeDelays_AreAllDueInOneIterationTheMostOverdueFirst()
    {
        using var test = new TestLoop();
        test.Loop.CallLater(TimeSpan.Zero, test.Write("0"));
        test.Loop.CallLater(-1.Seconds(), test.Write("-1"));
        test.Loop.CallLater(-2.Seconds(), test.Write("-2"));
        test.Turn();
        Assert.Equal(["-2", "-1", "0"], test.Log);
        Assert.Equal(TimeSpan.Zero, test.Loop.Time);
    }

    [Fact]
    public void CallLater_DueTimers_RunAfterWhatIsReady()
    {
        using var test = new TestLoop();
        test.Loop.CallLater(TimeSpan.Zero, test.Write("timer"));
        test.Loop.CallSoon(test.Write("soon"));
        test.Turn();
        Assert.Equal(["soon", "timer"], test.Log);
    }

    /// <summary>Guarantee G-11.</summary>
    [Fact]
    public void CallLater_ZeroFromACallback_WaitsForTheNextIteration()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() => test.Loop.CallLater(TimeSpan.Zero, test.Write("timer")));
        test.Loop.CallSoon(test.Write("soon"));
        test.Turn();
        Assert.Equal(["soon"], test.Log);
        test.Turn();
        Assert.Equal(["soon", "timer"], test.Log);
    }

    /// <summary>CPython: BaseEventLoopTests.test__run_once_schedule_handle. Guarantee G-11.</summary>
    [Fact]
    public void CallLater_DueTimerThatSchedulesACallback_LeavesItForTheNextIteration()
    {
        using var test = new TestLoop();
        test.Loop.CallLater(-1.Seconds(), () =>
        {
            test.Log.Add("timer");
            test.Loop.CallSoon(test.Write("soon"));
        });
        test.Turn();
        Assert.Equal(["timer"], test.Log);
        test.Turn();
        Assert.Equal(["timer", "soon"], test.Log);
    }

    [Fact]
    public void CallLater_TimeThatPassesInsideAnIteration_IsNoticedInTheNext()
    {
        using var test = new TestLoop();
        test.Loop.CallLater(1.Seconds(), test.Write("timer"));
        test.Loop.CallSoon(() => test.Clock.Advance(2.Seconds()));
        test.Loop.CallSoon(test.Write("soon"));
        test.Turn();
        Assert.Equal(["soon"], test.Log);
        test.Turn();
        Assert.Equal(["soon", "timer"], test.Log);
    }

    [Fact]
    public void CallLater_WithState_HandsTheStateOver()
    {
        using var test = new TestLoop();
        var seen = new List<object?>();
        test.Loop.CallLater(1.Seconds(), seen.Add, "later");
        test.Loop.CallAt(2.Seconds(), seen.Add, "at");
        test.RunFor(3.Seconds());
        Assert.Equal(["later", "at"], seen);
    }

    [Fact]
    public void CallLater_TheLongestDelay_NeitherOverflowsNorRuns()
    {
        using var test = new TestLoop();
        test.Clock.Advance(1.Seconds());
        TimerHandle timer = test.Loop.CallLater(TimeSpan.MaxValue, test.Write("never"));
        Assert.Equal(TimeSpan.MaxValue, timer.When);
        test.RunFor(5.Seconds());
        Assert.Empty(test.Log);
        Assert.True(timer.IsPending);
    }

    [Fact]
    public void CallLater_LongerThanOneWait_RunsAtItsTime()
    {
        using var test = new TestLoop();
        TimeSpan month = TimeSpan.FromDays(30);
        test.RunFor(month);
        Assert.Equal(month, test.Loop.Time);
    }

    [Fact]
    public void CallAt_OnAClockWhoseTimeIsNegative_WaitsForItsTime()
    {
        var clock = new OffsetClock(-5.Seconds());
        using var loop = new EventLoop(new EventLoopOptions { Clock = clock, Poller = new ThreadPoller() });
        bool ran = false;
        TimerHandle far = loop.CallAt(TimeSpan.MaxValue, () => ran = true);
        loop.CallAt(-4.9.Seconds(), loop.Stop);
        loop.RunForever();
        Assert.False(ran);
        Assert.True(far.IsPending);
        Assert.InRange(loop.Time, -4.9.Seconds(), 60.Seconds());
    }

    /// <summary>A clock whose time starts anywhere.</summary>
    private sealed class OffsetClock(TimeSpan offset) : TimeProvider
    {
        private readonly long _start = System.GetTimestamp();

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => (offset + System.GetElapsedTime(_start)).Ticks;
    }
}
