namespace Gyre.Polling.Tests;

public sealed class PollerCreateTests
{
    [Theory]
    [InlineData(null, PollerBackend.Auto)]
    [InlineData("", PollerBackend.Auto)]
    [InlineData("  ", PollerBackend.Auto)]
    [InlineData("auto", PollerBackend.Auto)]
    [InlineData("epoll", PollerBackend.Epoll)]
    [InlineData(" Epoll ", PollerBackend.Epoll)]
    [InlineData("io_uring", PollerBackend.IoUring)]
    [InlineData("PORTABLE", PollerBackend.Portable)]
    public void ParseBackend_Value_IsTheBackend(string? value, PollerBackend expected) =>
        Assert.Equal(expected, Poller.ParseBackend(value));

    [Fact]
    public void ParseBackend_UnknownValue_ThrowsAndSaysWhatIsKnown()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Poller.ParseBackend("kqueue"));
        Assert.Contains("GYRE_BACKEND", error.Message, StringComparison.Ordinal);
        Assert.Contains("'kqueue'", error.Message, StringComparison.Ordinal);
        Assert.Contains("epoll", error.Message, StringComparison.Ordinal);
        Assert.Contains("io_uring", error.Message, StringComparison.Ordinal);
        Assert.Contains("portable", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_Auto_TakesTheVariableOrTheBest()
    {
        PollerBackend expected = Poller.ParseBackend(Environment.GetEnvironmentVariable(Poller.BackendVariable));
        bool gaveWay = expected == PollerBackend.IoUring && !Poller.IsSupported(expected);
        if (expected == PollerBackend.Auto || gaveWay)
        {
            expected = OperatingSystem.IsLinux() ? PollerBackend.Epoll : PollerBackend.Portable;
        }

        using var poller = Poller.Create();
        Assert.Equal(expected, Poller.ParseBackend(poller.BackendName));
        Assert.Equal(gaveWay, poller.FallbackReason is not null);
    }

    [Fact]
    public void Create_BackendThatIsNotHere_ThrowsAndSaysWhy()
    {
        PollerBackend[] missing = [.. Enum.GetValues<PollerBackend>().Where(backend => !Poller.IsSupported(backend))];
        Assert.SkipWhen(missing.Length == 0, "This machine has every backend.");
        Assert.All(
            missing,
            backend =>
            {
                PlatformNotSupportedException error = Assert.Throws<PlatformNotSupportedException>(
                    () => Poller.Create(backend));
                Assert.Contains(backend.ToString(), error.Message, StringComparison.Ordinal);
                Assert.Contains(Poller.UnsupportedReason(backend)!, error.Message, StringComparison.Ordinal);
            });
    }

    [Fact]
    public void IsSupported_UnnamedValue_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Poller.IsSupported((PollerBackend)99));
        Assert.Throws<ArgumentOutOfRangeException>(() => Poller.Create((PollerBackend)99));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, -1)]
    [InlineData(1, 1)]
    [InlineData(999_999, 1)]
    [InlineData(1_000_000, 1)]
    [InlineData(1_000_001, 2)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void ToMilliseconds_Nanoseconds_RoundsUp(long nanoseconds, int milliseconds) =>
        Assert.Equal(milliseconds, Timeouts.ToMilliseconds(nanoseconds));
}
