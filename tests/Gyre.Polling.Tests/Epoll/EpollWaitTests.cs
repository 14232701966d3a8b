namespace Gyre.Polling.Tests;

public sealed class EpollWaitTests
{
    private readonly bool _hasEpoll = Poller.IsSupported(PollerBackend.Epoll);

    public EpollWaitTests() => Assert.SkipUnless(_hasEpoll, "This machine has no epoll.");

    [Theory]
    [InlineData(1)]
    [InlineData(300_000)]
    [InlineData(1_000_001)]
    public void Poll_KernelWithoutTheFinerWait_WaitsNoLessThanTheTimeout(long nanoseconds)
    {
        using var harness = new PollerHarness(new EpollPoller(allowNanosecondWait: false));
        for (int i = 0; i < 10; i++)
        {
            Assert.True(Measure(harness, nanoseconds) >= nanoseconds);
        }
    }

    [Fact]
    public void Poll_KernelWithTheFinerWait_WaitsForLessThanAMillisecond()
    {
        using var poller = new EpollPoller();
        Assert.SkipUnless(poller.WaitsInNanoseconds, "This kernel has no epoll_pwait2.");
        using var harness = new PollerHarness(poller);

        // The machine may be busy: one wait that ends in time shows that the timeout was not rounded up.
        double least = Enumerable.Range(0, 500).Min(_ => Measure(harness, 100_000));
        Assert.InRange(least, 100_000, 900_000);
    }

    private static double Measure(PollerHarness harness, long nanoseconds)
    {
        long start = TimeProvider.System.GetTimestamp();
        harness.Turn(nanoseconds);
        return TimeProvider.System.GetElapsedTime(start).TotalNanoseconds;
    }
}
