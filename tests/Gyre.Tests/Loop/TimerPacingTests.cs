namespace Gyre.Tests.Loop;

public class TimerPacingTests
{
    private const long Millisecond = 1_000_000;

    private readonly TimerPacing _pacing = new(TimeProvider.System);

    [Fact]
    public void Lengthen_FewWakes_LeavesThemAlone()
    {
        for (int i = 0; i < 10; i++)
        {
            // Half a millisecond each.
            Assert.Equal(500_000, _pacing.Lengthen(At(i * 500_000), 500_000));
            _pacing.OnTimerWake();
        }
    }

    [Fact]
    public void Lengthen_ManyWakesWithinAMillisecond_WaitsForItsEnd()
    {
        for (int i = 0; i < TimerPacing.WakesMax; i++)
        {
            Assert.Equal(10_000, _pacing.Lengthen(At(i * 10_000), 10_000));
            _pacing.OnTimerWake();
        }

        Assert.Equal(900_000, _pacing.Lengthen(At(100_000), 10_000));
        Assert.Equal(5 * Millisecond, _pacing.Lengthen(At(100_000), 5 * Millisecond));

        // The next millisecond begins with the first wait in it.
        Assert.Equal(10_000, _pacing.Lengthen(At(Millisecond), 10_000));
    }

    [Fact]
    public void Lengthen_WaitsThatOthersHaveEnded_DoNotCount()
    {
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(10_000, _pacing.Lengthen(At(i * 10_000), 10_000));
        }
    }

    /// <summary>Never early, and no sooner than the others that are due before. Guarantee G-12.</summary>
    [Fact]
    public void CallLater_ManyTimersOfTheRealClock_RunInOrderAndNeverEarly()
    {
        const int Count = 2_000;
        using var loop = new EventLoop();
        int early = 0;
        var order = new List<int>();
        for (int i = 0; i < Count; i++)
        {
            int number = i;
            TimeSpan when = loop.Time + TimeSpan.FromMicroseconds(1_000 + (i * 20));
            loop.CallAt(when, () =>
            {
                early += loop.Time < when ? 1 : 0;
                order.Add(number);
                if (order.Count == Count)
                {
                    loop.Stop();
                }
            });
        }

        loop.RunForever();
        Assert.Equal(0, early);
        Assert.Equal(Enumerable.Range(0, Count), order);

        // 2,000 timers in 40 ms, at most three wake-ups in each, and what it took to begin.
        Assert.InRange(loop.Iterations, 1, Count / 8);
    }

    private static long At(long nanoseconds) => nanoseconds * TimeProvider.System.TimestampFrequency / 1_000_000_000;
}
