using Gyre.Polling;
using Gyre.Testing;

namespace Gyre.Tests.Loop;

public class CallSoonThreadSafeTests
{
    private const int Threads = 8;

    public static TheoryData<PollerBackend> Backends { get; } =
        [.. Enum.GetValues<PollerBackend>().Where(Poller.IsSupported)];

    /// <summary>Each runs exactly once, in its thread's order, on the real pollers. Guarantee G-5.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void AMillionCalls_FromEightThreads_EachRunOnceInItsThreadsOrder(PollerBackend backend)
    {
        using var loop = new EventLoop(new EventLoopOptions { Backend = backend });
        RunFromThreads(loop, callsOfEach: 125_000);
    }

    /// <summary>Guarantee G-5.</summary>
    [Fact]
    public void ManyCalls_OnALoopThatBlocksOften_LoseNoWakeUp()
    {
        var poller = new ThreadPoller();
        using var loop = new EventLoop(new EventLoopOptions { Poller = poller });
        for (int round = 0; round < 20; round++)
        {
            RunFromThreads(loop, callsOfEach: 200);
        }

        // Every block is ended by one wake, and no wake is sent while the loop does not block.
        Assert.InRange(poller.Wakes, 0, poller.Blocks);
    }

    /// <summary>Guarantee G-5.</summary>
    [Fact]
    public void OneCallAtATime_ToABlockedLoop_WakesItEachTime()
    {
        var poller = new ThreadPoller();
        using var loop = new EventLoop(new EventLoopOptions { Poller = poller });
        const int Calls = 2_000;
        int ran = 0;
        using var turn = new SemaphoreSlim(0);
        var thread = new Thread(() =>
        {
            for (int i = 0; i < Calls; i++)
            {
                loop.CallSoonThreadSafe(() =>
                {
                    ran++;
                    turn.Release();
                });
                turn.Wait();
            }

            loop.CallSoonThreadSafe(loop.Stop);
        });
        loop.CallSoon(thread.Start);
        loop.RunForever();
        thread.Join();
        Assert.Equal(Calls, ran);
        Assert.InRange(poller.Wakes, 1, Calls + 1);
    }

    [Fact]
    public void ManyCalls_WhileTheLoopIsBusy_WakeItNotAtAll()
    {
        var poller = new ThreadPoller();
        using var loop = new EventLoop(new EventLoopOptions { Poller = poller });
        loop.CallSoon(() =>
        {
            var thread = new Thread(() =>
            {
                for (int i = 0; i < 10_000; i++)
                {
                    loop.CallSoonThreadSafe(() => { });
                }

                loop.CallSoonThreadSafe(loop.Stop);
            });
            thread.Start();
            thread.Join();
        });
        loop.RunForever();
        Assert.Equal(0, poller.Wakes);
    }

    /// <summary>CPython: EventLoopTestsMixin.test_call_soon_threadsafe_same_thread. Guarantee G-5.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OnTheLoopsOwnThread_WithCallSoon_RunsInTheOrderOfAllCalls(bool running)
    {
        using var test = new TestLoop();
        if (running)
        {
            test.Loop.CallSoon(Schedule);
            test.Turn();
            Assert.Empty(test.Log);
        }
        else
        {
            Schedule();
        }

        test.Turn();
        Assert.Equal(["posted", "soon", "of another thread", "posted later", "soon later"], test.Log);

        void Schedule()
        {
            test.Loop.CallSoonThreadSafe(test.Write("posted"));
            test.Loop.CallSoon(test.Write("soon"));
            var thread = new Thread(() => test.Loop.CallSoonThreadSafe(test.Write("of another thread")));
            thread.Start();
            thread.Join();
            test.Loop.CallSoonThreadSafe(test.Write("posted later"));
            test.Loop.CallSoon(test.Write("soon later"));
        }
    }

    [Fact]
    public void OnTheLoopsOwnThread_RunsInTheNextIterationBeforeTimers()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            test.Loop.CallSoon(test.Write("soon"));
            test.Loop.CallSoonThreadSafe(test.Write("posted"));
            test.Loop.CallLater(TimeSpan.Zero, test.Write("timer"));
        });
        test.Turn();
        Assert.Empty(test.Log);
        test.Turn();
        Assert.Equal(["soon", "posted", "timer"], test.Log);
    }

    /// <summary>CPython: EventLoopTestsMixin.test_call_soon_threadsafe.</summary>
    [Fact]
    public void BeforeTheRun_RunsInTheFirstIteration()
    {
        using var test = new TestLoop();
        var thread = new Thread(() => test.Loop.CallSoonThreadSafe(state => test.Log.Add((string)state!), "posted"));
        thread.Start();
        thread.Join();
        test.Loop.CallSoon(test.Write("soon"));
        test.Turn();
        Assert.Equal(["posted", "soon"], test.Log);
    }

    [Fact]
    public void FromAPostedCallback_WaitsForTheNextIteration()
    {
        using var test = new TestLoop();
        test.Loop.CallSoonThreadSafe(() => test.Loop.CallSoonThreadSafe(test.Write("second")));
        test.Turn();
        Assert.Empty(test.Log);
        test.Turn();
        Assert.Equal(["second"], test.Log);
    }

    [Fact]
    public void WhileTheLoopCloses_IsEitherAcceptedOrRefused()
    {
        for (int round = 0; round < 50; round++)
        {
            var loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller() });
            using var start = new Barrier(2);
            int refused = 0;
            var thread = new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    while (true)
                    {
                        loop.CallSoonThreadSafe(() => { });
                    }
                }
                catch (InvalidOperationException)
                {
                    refused++;
                }
            });
            thread.Start();
            start.SignalAndWait();
            loop.Close();
            thread.Join();
            Assert.Equal(1, refused);
        }
    }

    [Fact]
    public void OnAVirtualClock_WithoutAnybodyToWaitFor_IsADeadlock()
    {
        using var test = new TestLoop();
        test.Loop.CallSoonThreadSafe(test.Write("ran"));
        Assert.Throws<DeadlockException>(test.Loop.RunForever);
        Assert.Equal(["ran"], test.Log);
    }

    private static void RunFromThreads(EventLoop loop, int callsOfEach)
    {
        int[] next = new int[Threads];
        int outOfOrder = 0;
        int left = Threads * callsOfEach;
        Thread[] threads =
        [
            .. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
            {
                for (int i = 0; i < callsOfEach; i++)
                {
                    int number = i;
                    loop.CallSoonThreadSafe(() =>
                    {
                        outOfOrder += next[thread] == number ? 0 : 1;
                        next[thread]++;
                        if (--left == 0)
                        {
                            loop.Stop();
                        }
                    });
                }
            })),
        ];
        loop.CallSoon(() => Array.ForEach(threads, thread => thread.Start()));
        loop.RunForever();
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, outOfOrder);
        Assert.Equal(0, left);
        Assert.All(next, count => Assert.Equal(callsOfEach, count));
    }
}
