namespace Gyre.Tool.Tests;

public class UnitsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(999_949, "999.9 kB")]
    [InlineData(999_950, "1.0 MB")]
    [InlineData(200_000_000, "200.0 MB")]
    [InlineData(long.MaxValue, "9.2 EB")]
    public void Size_Bytes_AreReadable(long bytes, string text) => Assert.Equal(text, Units.Size(bytes));

    [Theory]
    [InlineData(0, "0.0 ms")]
    [InlineData(1.23, "1.2 ms")]
    [InlineData(9.95, "10 ms")]
    [InlineData(512.3, "512 ms")]
    [InlineData(9999.4, "9999 ms")]
    [InlineData(10_000, "10.0 s")]
    public void Time_Milliseconds_AreReadable(double milliseconds, string text) =>
        Assert.Equal(text, Units.Time(TimeSpan.FromMilliseconds(milliseconds)));
}
