using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Loop;

public class BusyPollingTests
{
    private const long Budget = 100;

    /// <summary>Longer than the pause after any trial that has not paid.</summary>
    private const long Silence = BusyPolling.PollsLeast * BusyPolling.PauseFactor * Budget;

    private readonly BusyPolling _busy = new(Budget);
    private long _now = 1_000_000;
    private long _position;
    private long _polled;

    [Fact]
    public void IsPolling_LongWaits_StaysOff()
    {
        for (int i = 0; i < 1000; i++)
        {
            Wait(10 * Budget, inTime: null);
        }

        Assert.False(_busy.IsPolling);
    }

    [Fact]
    public void IsPolling_AfterShortWaitsInARow_IsTried()
    {
        WaitBlocked(BusyPolling.ShortWaitsMin);
        Wait(10 * Budget, inTime: null);
        WaitBlocked(BusyPolling.ShortWaitsMin);
        Assert.False(_busy.IsPolling);
        WaitBlocked(1);
        Assert.True(_busy.IsPolling);
    }

    [Fact]
    public void IsPolling_PollsThatPay_GoesOnAlmostAllTheTime()
    {
        int polls = 0;
        for (int i = 0; i < 100_000; i++)
        {
            polls += _busy.IsPolling ? 1 : 0;
            Wait(blocked: 100, inTime: 20);
        }

        Assert.InRange(polls, 98_000, 100_000);
    }

    [Fact]
    public void IsPolling_RareMissesAmongPollsThatPay_GoesOn()
    {
        int polls = 0;
        for (int i = 0; i < 100_000; i++)
        {
            polls += _busy.IsPolling ? 1 : 0;
            Wait(blocked: 100, inTime: i % 100 < 3 ? null : 20);
        }

        Assert.InRange(polls, 90_000, 100_000);
    }

    [Fact]
    public void IsPolling_PollsFindNothing_CostsLessThanOnePercentAndEverLess()
    {
        long begin = _now;
        WaitMany(10_000, inTime: null);
        long early = _polled;
        long earlyTime = _now - begin;
        WaitMany(1_000_000, inTime: null);

        // A first trial's debt comes before the time that it is measured against.
        long burst = BusyPolling.DebtBudgetsMax * Budget;
        Assert.InRange(early, 1, (earlyTime / 100) + burst);
        Assert.InRange(_polled - early, 1, (_now - begin - earlyTime) / 1000);
    }

    [Fact]
    public void IsPolling_PollsFindSomethingButNoSooner_IsGivenUp()
    {
        long begin = _now;
        WaitMany(1_000_000, inTime: 99);
        Assert.InRange(_polled, 1, (_now - begin) / 100);
    }

    [Fact]
    public void IsPolling_FoundLateBecauseTheCoreWasTaken_IsGivenUp()
    {
        long begin = _now;
        WaitMany(1_000_000, inTime: 3 * Budget);
        Assert.InRange(_polled, 1, (_now - begin) / 100);
    }

    [Fact]
    public void IsPolling_PaysAfterItDidNot_IsFoundOut()
    {
        WaitMany(100_000, inTime: null);
        Assert.False(_busy.IsPolling);
        WaitMany(10_000_000, inTime: 20);
        long before = _polled;
        WaitMany(10_000, inTime: 20);
        Assert.InRange(_polled - before, 20 * 9_800, 20 * 10_000);
    }

    [Fact]
    public void IsPolling_SilenceWithinATrialThatPays_IsNoVerdict()
    {
        WaitMany(10_000, inTime: 20);
        for (int i = 0; i < 10; i++)
        {
            Wait(blocked: Silence, inTime: null);
            Assert.InRange(PollsOf(1000, inTime: 20), 900, 1000);
        }
    }

    [Fact]
    public void IsPolling_SilenceAfterTrafficForWhichItDidNotPay_IsTriedAnew()
    {
        WaitMany(1_000_000, inTime: 99);
        Wait(blocked: Silence, inTime: null);
        Assert.InRange(PollsOf(1000, inTime: 20), 900, 1000);
    }

    [Fact]
    public void IsPolling_ALuckySampleAfterManyTrialsThatPaid_IsFoundOut()
    {
        int polls = 0;
        for (int i = 0; i < 100_000; i++)
        {
            // The sample before each tenth trial is as quick as the polls.
            polls += _busy.IsPolling ? 1 : 0;
            Wait(blocked: i % 10_000 < 20 ? 20 : 100, inTime: 20);
        }

        Assert.InRange(polls, 95_000, 100_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(200)]
    public void IsPolling_MessagesFarApartAfterADialog_CostsLessThanOnePercent(int dialog)
    {
        // Warm enough for the longest trials first; then a little dialog before each silence.
        WaitMany(10_000, inTime: 20);
        long time = 0;
        long vain = 0;
        for (int i = 0; i < 1000; i++)
        {
            WaitMany(dialog, inTime: 20);
            bool polls = _busy.IsPolling;
            Wait(blocked: 30 * Budget, inTime: null);
            vain += polls ? Budget : 0;
            time += 30 * Budget;
        }

        Assert.InRange(vain, 0, dialog == 0 ? (time / 100) + (2 * Budget) : time / 25);
    }

    [Fact]
    public void RunForever_ForeignPollerWithoutTheOption_BlocksAtOnce()
    {
        using var loop = new EventLoop(new EventLoopOptions { Poller = new CountingPoller() });
        Assert.Equal(0, Looks(loop));
    }

    [Fact]
    public void RunForever_ForeignPollerWithTheOption_LooksBeforeItBlocks()
    {
        using var loop = new EventLoop(new EventLoopOptions
        {
            Poller = new CountingPoller(),
            BusyPoll = TimeSpan.FromMilliseconds(1),
        });
        Assert.NotEqual(0, Looks(loop));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1001)]
    public void BusyPoll_OutOfRange_IsRefused(int microseconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new EventLoopOptions { BusyPoll = TimeSpan.FromMicroseconds(microseconds) });

    /// <summary>How often a loop looked for I/O without being ready to block, in a dialogue of short waits.</summary>
    private static int Looks(EventLoop loop)
    {
        var poller = (CountingPoller)loop.Poller;
        poller.Woken = () =>
        {
            if (poller.Blocks == 100)
            {
                loop.Stop();
            }
        };
        loop.RunForever();
        return poller.Looks;
    }

    private int PollsOf(int count, long inTime)
    {
        int polls = 0;
        for (int i = 0; i < count; i++)
        {
            polls += _busy.IsPolling ? 1 : 0;
            Wait(Budget, inTime);
        }

        return polls;
    }

    private void WaitBlocked(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Wait(Budget, inTime: null);
        }
    }

    private void WaitMany(int count, long? inTime)
    {
        for (int i = 0; i < count; i++)
        {
            Wait(Budget, inTime);
        }
    }

    /// <summary>One wait, as the loop does it.</summary>
    /// <param name="blocked">What it takes when the loop blocks.</param>
    /// <param name="inTime">After how long a poll finds something; null: not within the budget.</param>
    private void Wait(long blocked, long? inTime)
    {
        if (_busy.IsPolling)
        {
            long begin = _now;
            _now += inTime ?? Budget;
            _polled += _now - begin;
            _busy.OnPolled(begin, _now, inTime is not null, _position);
            if (inTime is not null)
            {
                _position++;
                return;
            }
        }

        long start = _now;
        _now += blocked;
        _busy.OnBlocked(start, _now, _position++);
    }

    /// <summary>A poller that is never idle for long: each wait ends at once.</summary>
    private sealed class CountingPoller : Poller
    {
        private readonly Item _item = new();

        public int Looks { get; private set; }

        public int Blocks { get; private set; }

        public Action Woken { get => _item.Body; set => _item.Body = value; }

        public override string BackendName => "counting";

        public override bool HasOperations => true;

        public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
        {
            if (timeoutNanoseconds == 0)
            {
                Looks++;
                return;
            }

            Blocks++;
            ready.Enqueue(_item);
        }

        public override void Wake()
        {
        }

        public override PollSocket Attach(Socket socket) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Item : PollOperation
        {
            public Action Body { get; set; } = static () => { };

            public override void Execute() => Body();
        }
    }
}
