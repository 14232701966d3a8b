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

        // A signal ends a wait early, as one does that stops the threads for a collection: enough waits have none. One
        // that is rounded down is always too short.
        int lasted = Enumerable.Range(0, 500).Where(_ => Measure(harness, nanoseconds) >= nanoseconds).Take(10).Count();
        Assert.Equal(10, lasted);
    }

    [Fact]
    public void Poll_KernelWithTheFinerWait_WaitsForLessThanAMillisecond()
    {
        using var poller = new EpollPoller();
        Assert.SkipUnless(poller.WaitsInNanoseconds, "This kernel has no epoll_pwait2.");
        using var harness = new PollerHarness(poller);

        // The machine may be busy, and a signal ends a wait early: one that lasts for its time and ends well before
        // the next millisecond shows that the timeout was not rounded up.
        Assert.Contains(Enumerable.Range(0, 500), _ => Measure(harness, 100_000) is >= 100_000 and <= 900_000);
    }

    private static double Measure(PollerHarness harness, long nanoseconds)
    {
        long start = TimeProvider.System.GetTimestamp();
        harness.Turn(nanoseconds);
        return TimeProvider.System.GetElapsedTime(start).TotalNanoseconds;
    }
}
