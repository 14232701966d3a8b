using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Loop;

public class TimerPacingTests
{
    private const long Millisecond = 1_000_000;
    private const int Timers = 400;

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

    /// <summary>Of three wake-ups in a millisecond each serves several of ten timers. Guarantee G-12.</summary>
    [Fact]
    public void CallLater_ManyTimers_ShareTheWakeUps()
    {
        var machine = new Machine();
        (int early, List<int> order) = RunTimers(
            Timers, new EventLoopOptions { Clock = machine.Clock, Poller = machine, PacesTimers = true });
        Assert.Equal(0, early);
        Assert.Equal(Enumerable.Range(0, Timers), order);

        // As many milliseconds as ten timers each need; the first and the last are not whole.
        Assert.InRange(machine.Waits, Timers / 10, (Timers / 10 + 2) * (TimerPacing.WakesMax + 1));
    }

    [Fact]
    public void CallLater_ManyTimersThatDoNotShare_WakeTheLoopForEach()
    {
        var machine = new Machine();
        RunTimers(Timers, new EventLoopOptions { Clock = machine.Clock, Poller = machine });
        Assert.Equal(Timers, machine.Waits);
    }

    /// <summary>Never early, and no sooner than the others that are due before. Guarantee G-12.</summary>
    [Fact]
    public void CallLater_ManyTimersOfTheRealClock_RunInOrderAndNeverEarly()
    {
        (int early, List<int> order) = RunTimers(Timers, new EventLoopOptions());
        Assert.Equal(0, early);
        Assert.Equal(Enumerable.Range(0, Timers), order);
    }

    /// <summary>Runs timers of which there are ten in each millisecond.</summary>
    private static (int Early, List<int> Order) RunTimers(int count, EventLoopOptions options)
    {
        using var loop = new EventLoop(options);
        int early = 0;
        var order = new List<int>();
        TimeSpan begin = loop.Time;
        for (int i = 0; i < count; i++)
        {
            int number = i;
            TimeSpan when = begin + TimeSpan.FromMicroseconds(1_000 + (i * 100));
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
        return (early, order);
    }

    private static long At(long nanoseconds) => nanoseconds * TimeProvider.System.TimestampFrequency / 1_000_000_000;

    /// <summary>A machine whose time passes in waits only. Each lasts as long as it is told to.</summary>
    private sealed class Machine : Poller
    {
        private readonly ManualClock _clock = new();

        public TimeProvider Clock => _clock;

        /// <summary>How often the loop has waited.</summary>
        public int Waits { get; private set; }

        public override string BackendName => "by hand";

        public override bool HasOperations => false;

        public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
        {
            if (timeoutNanoseconds > 0)
            {
                Waits++;
                _clock.Advance(timeoutNanoseconds);
            }
        }

        public override void Wake()
        {
        }

        public override PollSocket Attach(Socket socket) => throw new NotSupportedException("This poller has no I/O.");

        protected override void Dispose(bool disposing)
        {
        }
    }
}
