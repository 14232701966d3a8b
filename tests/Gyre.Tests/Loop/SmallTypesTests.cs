namespace Gyre.Tests.Loop;

public class SmallTypesTests
{
    [Fact]
    public void TimeSpanExtensions_NameTheirUnit()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), 5.Seconds());
        Assert.Equal(TimeSpan.FromMilliseconds(250), 0.25.Seconds());
        Assert.Equal(TimeSpan.FromMilliseconds(50), 50.Milliseconds());
        Assert.Equal(TimeSpan.FromMicroseconds(500), 0.5.Milliseconds());
        Assert.Equal(TimeSpan.FromTicks(70), 7.Microseconds());
        Assert.Equal(TimeSpan.FromHours(1), 60.Minutes());
        Assert.Throws<ArgumentException>(() => double.NaN.Seconds());
    }

    [Fact]
    public void CancelledException_CarriesItsMessage()
    {
        Assert.Null(new CancelledException().CancelMessage);
        Assert.Null(new CancelledException(null).CancelMessage);
        Assert.Equal("why", new CancelledException("why").CancelMessage);
        Assert.Equal("why", new CancelledException("why").Message);
        var cause = new FormatException();
        Assert.Same(cause, new CancelledException("why", cause).InnerException);
        Assert.NotEmpty(new CancelledException(null, null).Message);
        Assert.IsAssignableFrom<OperationCanceledException>(new CancelledException());
    }

    [Fact]
    public void InvalidStateException_IsAnInvalidOperation()
    {
        var cause = new FormatException();
        Assert.IsAssignableFrom<InvalidOperationException>(new InvalidStateException());
        Assert.Equal("why", new InvalidStateException("why").Message);
        Assert.Same(cause, new InvalidStateException("why", cause).InnerException);
    }

    [Theory]
    [InlineData(10_000_000, 12_345_678, 12_345_678)]
    [InlineData(1_000_000_000, 1_234_567_899, 12_345_678)]
    [InlineData(1_000_000_000, long.MaxValue, long.MaxValue / 100)]
    [InlineData(1_000_000, 5, 50)]
    [InlineData(24_000_000, 24_000_001, 10_000_000)]
    [InlineData(24_000_000, long.MaxValue, 3843071682022823252)]
    [InlineData(50_000_000, 50_000_009, 10_000_001)]
    [InlineData(1, 3, 30_000_000)]
    public void LoopClockScale_AnyFrequency_RoundsDownTo100Nanoseconds(long frequency, long timestamp, long ticks) =>
        Assert.Equal(ticks, new LoopClockScale(new FixedClock(frequency)).ToTicks(timestamp));

    private sealed class FixedClock(long frequency) : TimeProvider
    {
        public override long TimestampFrequency => frequency;
    }
}
