namespace Gyre.Tests.Loop;

[Collection(nameof(SequentialCollection))]
public class TimerMemoryTests
{
    /// <summary>CPython: BaseEventLoopTests.test__run_once_cancelled_event_cleanup.</summary>
    [Fact]
    public void Cancel_NineInTenOfAMillion_KeepsMemoryNearThePendingOnes()
    {
        const int Count = 1_000_000;
        using var test = new TestLoop();
        var pending = new List<TimerHandle>();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Count; i++)
        {
            TimerHandle timer = test.Loop.CallLater((1 + (int)(i * 7919L % Count)).Seconds(), static () => { });
            if (i % 10 == 0)
            {
                pending.Add(timer);
            }
            else
            {
                timer.Cancel();
            }

            Assert.True(test.Loop.Timers.Count <= (test.Loop.Timers.PendingCount * 2) + 101);
        }

        Assert.Equal(Count / 10, test.Loop.Timers.PendingCount);
        long bytesEach = (GC.GetTotalMemory(forceFullCollection: true) - before) / pending.Count;

        // Below nothing when what other tests have left in pools is given back meanwhile.
        Assert.InRange(bytesEach, long.MinValue, 400);
        GC.KeepAlive(pending);
    }

    [Fact]
    public void Cancel_AllOfAMillionAgainAndAgain_KeepsNothing()
    {
        using var test = new TestLoop();
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < 100_000; i++)
            {
                test.Loop.CallLater(1.Seconds(), static () => { }).Cancel();
            }

            Assert.InRange(test.Loop.Timers.Count, 0, 101);
        }
    }

    [Fact]
    public void Cancel_AMillionThatWerePending_TouchesEachABoundedNumberOfTimes()
    {
        // Bulk removal pays for itself: the entries it looks at are at most a constant per cancelled timer.
        const int Count = 1_000_000;
        using var test = new TestLoop();
        TimerHandle[] timers = new TimerHandle[Count];
        for (int i = 0; i < Count; i++)
        {
            timers[i] = test.Loop.CallLater(1.Seconds(), static () => { });
        }

        int passes = 0;
        int last = test.Loop.Timers.Count;
        long looked = 0;
        foreach (TimerHandle timer in timers)
        {
            timer.Cancel();
            int count = test.Loop.Timers.Count;
            if (count != last)
            {
                passes++;
                looked += last;
                last = count;
            }
        }

        Assert.InRange(looked, Count, 4L * Count);
        Assert.InRange(passes, 1, 30);
        Assert.InRange(test.Loop.Timers.Count, 0, 101);
    }

    [Fact]
    public void MoveDue_AfterABurst_GivesTheMemoryBack()
    {
        using var test = new TestLoop();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 500_000; i++)
        {
            test.Loop.CallLater(1.Seconds(), static () => { });
        }

        test.RunFor(2.Seconds());

        // The timers' memory is given back at once, that of the ready queue when no burst has followed for a while.
        test.Turns(2000);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;

        // Below nothing when what other tests have left in pools is given back meanwhile.
        Assert.InRange(grown, long.MinValue, 2_000_000);
    }
}
