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
        // Of three wake-ups in a millisecond each serves several timers. Rarely more than a few are due just when
        // the loop has looked, but a machine with other work to do may have a bad moment.
        const int Count = 400;
        const int Attempts = 20;
        long least = long.MaxValue;
        for (int i = 0; i < Attempts && least > Count / 2; i++)
        {
            least = Math.Min(least, RunTimers(Count));
        }

        Assert.InRange(least, 1, Count / 2);
    }

    /// <summary>Runs timers of which there are ten in each millisecond.</summary>
    /// <returns>How many iterations it took.</returns>
    private static long RunTimers(int count)
    {
        using var loop = new EventLoop();
        int early = 0;
        var order = new List<int>();
        for (int i = 0; i < count; i++)
        {
            int number = i;
            TimeSpan when = loop.Time + TimeSpan.FromMicroseconds(1_000 + (i * 100));
            loop.CallAt(when, () =>
            {
                early += loop.Time < when ? 1 : 0;
                order.Add(number);
                if (order.Count == count)
                {
                    loop.Stop();
                }
            });
        }

        loop.RunForever();
        Assert.Equal(0, early);
        Assert.Equal(Enumerable.Range(0, count), order);
        return loop.Iterations;
    }

    private static long At(long nanoseconds) => nanoseconds * TimeProvider.System.TimestampFrequency / 1_000_000_000;
}
