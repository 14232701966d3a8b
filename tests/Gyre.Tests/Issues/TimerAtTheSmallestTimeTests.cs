namespace Gyre.Tests.Issues;

/// <summary>The distance to a timer at the smallest time overflowed, and the loop waited a day for it.</summary>
public class TimerAtTheSmallestTimeTests
{
    [Fact]
    public void CallAt_TheSmallestTime_RunsAtOnce()
    {
        using var test = new TestLoop();
        test.Clock.Advance(1.Seconds());
        test.Loop.CallAt(TimeSpan.MinValue, test.Loop.Stop);
        test.Loop.CallLater(TimeSpan.MinValue, test.Write("ran"));
        test.Loop.RunForever();
        Assert.Equal(1.Seconds(), test.Loop.Time);
        Assert.Equal(["ran"], test.Log);
    }
}
