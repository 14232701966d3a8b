namespace Gyre.Tests.Loop;

/// <summary>What other threads post: segments that fill up and are used again, under all who touch them.</summary>
public class LoopInboxTests
{
    private const int Many = InboxSegment.Size * 4;

    /// <summary>Guarantee G-5.</summary>
    [Fact]
    public void PostsAndCancels_FromManyThreads_EachRunsOrIsCancelled()
    {
        const int Posters = 4;
        const int Calls = 10_000;
        using var loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller() });
        int[][] ran = new int[Posters][];
        var handles = new Handle[Posters][];
        int[] posted = new int[Posters];
        int[] cancelled = new int[Posters];
        int[] next = new int[Posters];
        int outOfOrder = 0;
        int left = Posters;
        var threads = new List<Thread>();
        for (int i = 0; i < Posters; i++)
        {
            int poster = i;
            ran[poster] = new int[Calls];
            handles[poster] = new Handle[Calls];
            threads.Add(new Thread(() => PostAll(poster)));
            threads.Add(new Thread(() => CancelSome(poster)));
        }

        loop.CallSoon(() => threads.ForEach(thread => thread.Start()));
        loop.RunForever();
        threads.ForEach(thread => thread.Join());
        Assert.Equal(0, outOfOrder);
        for (int i = 0; i < Posters; i++)
        {
            Assert.All(ran[i], count => Assert.InRange(count, 0, 1));
            Assert.Equal(Calls, ran[i].Sum() + cancelled[i]);
            Assert.All(handles[i].Zip(ran[i]), pair => Assert.Equal(pair.Second == 0, pair.First.IsCancelled));
        }

        void PostAll(int poster)
        {
            for (int i = 0; i < Calls; i++)
            {
                int number = i;
                handles[poster][i] = loop.CallSoonThreadSafe(() =>
                {
                    outOfOrder += next[poster] > number ? 1 : 0;
                    next[poster] = number + 1;
                    ran[poster][number]++;
                });
                Volatile.Write(ref posted[poster], i + 1);
            }
        }

        void CancelSome(int poster)
        {
            // Each time what is the latest: the loop is after the same one.
            int seen = 0;
            while (seen < Calls)
            {
                int count = Volatile.Read(ref posted[poster]);
                if (count > seen)
                {
                    cancelled[poster] += handles[poster][count - 1].Cancel() ? 1 : 0;
                    seen = count;
                }
            }

            loop.CallSoonThreadSafe(() =>
            {
                if (--left == 0)
                {
                    loop.Stop();
                }
            });
        }
    }

    /// <summary>Guarantee G-5.</summary>
    [Fact]
    public void OwnPosts_WhileOthersPost_KeepTheOrderOfAllOwnCalls()
    {
        const int Others = 3;
        const int Turns = 500;
        using var loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller() });
        bool ended = false;
        int expected = 0;
        int scheduled = 0;
        int outOfOrder = 0;
        Thread[] threads =
        [
            .. Enumerable.Range(0, Others).Select(_ => new Thread(() =>
            {
                // As fast as the loop takes it, and no faster.
                int waiting = 0;
                while (!Volatile.Read(ref ended))
                {
                    if (Volatile.Read(ref waiting) < 50)
                    {
                        Interlocked.Increment(ref waiting);
                        loop.CallSoonThreadSafe(() => Interlocked.Decrement(ref waiting));
                    }
                }
            })),
        ];
        loop.CallSoon(() =>
        {
            Array.ForEach(threads, thread => thread.Start());
            Turn();
        });
        loop.RunForever();
        Volatile.Write(ref ended, true);
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, outOfOrder);
        Assert.Equal(scheduled, expected);

        void Turn()
        {
            for (int i = 0; i < 10; i++)
            {
                int number = scheduled++;
                Action check = () => outOfOrder += expected++ == number ? 0 : 1;
                _ = i % 3 == 0 ? loop.CallSoon(check) : loop.CallSoonThreadSafe(check);
            }

            loop.CallSoon(scheduled < Turns * 10 ? Turn : loop.Stop);
        }
    }

    [Fact]
    public void Close_WhileManyPost_CancelsWhatItAccepted()
    {
        for (int round = 0; round < 30; round++)
        {
            var loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller() });
            using var start = new Barrier(4);
            var handles = new List<Handle>[3];
            Thread[] threads =
            [
                .. Enumerable.Range(0, 3).Select(index => new Thread(() =>
                {
                    handles[index] = [];
                    start.SignalAndWait();
                    try
                    {
                        while (true)
                        {
                            handles[index].Add(loop.CallSoonThreadSafe(() => throw new InvalidOperationException("It ran.")));
                        }
                    }
                    catch (InvalidOperationException)
                    {
                        // The loop is closed: that ends the thread, as it should.
                    }
                })),
            ];
            Array.ForEach(threads, thread => thread.Start());
            start.SignalAndWait();
            loop.Close();
            Array.ForEach(threads, thread => thread.Join());
            Assert.All(handles.SelectMany(list => list), handle => Assert.True(handle.IsCancelled && !handle.IsPending));
        }
    }

    /// <summary>Others may post faster than the loop runs: without a limit each iteration would be longer than the one
    /// before, and timers would wait.</summary>
    [Fact]
    public void RunOnce_MorePostsThanAnIterationTakes_LeavesTheRestForTheNext()
    {
        const int Posts = 100_000;
        using var test = new TestLoop();
        int ran = 0;
        var thread = new Thread(() =>
        {
            for (int i = 0; i < Posts; i++)
            {
                test.Loop.CallSoonThreadSafe(() => ran++);
            }
        });
        thread.Start();
        thread.Join();
        test.Turn();
        Assert.Equal(65_536, ran);
        test.Turn();
        Assert.Equal(Posts, ran);
    }

    [Fact]
    public void Cancel_OfAnEntryWhoseSegmentIsUsedAgain_FindsNothing()
    {
        using var test = new TestLoop();
        Handle old = test.Loop.CallSoonThreadSafe(() => { });
        test.Turn();
        int ran = 0;
        for (int i = 0; i < Many; i++)
        {
            Handle handle = test.Loop.CallSoonThreadSafe(() => ran++);
            Assert.False(old.Cancel());
            Assert.False(old.IsPending);
            Assert.Null(old.Context);
            Assert.NotEqual(old, handle);
            Assert.NotNull(handle.Context);
            test.Turn();
        }

        Assert.False(old.IsCancelled);
        Assert.Equal(Many, ran);
    }

    [Fact]
    public void IsCancelled_LongAfterTheTurn_IsStillKnown()
    {
        using var test = new TestLoop();
        Handle first = test.Loop.CallSoonThreadSafe(test.Write("no"));
        first.Cancel();
        for (int i = 0; i < Many; i++)
        {
            test.Loop.CallSoonThreadSafe(() => { });
            test.Turn();
        }

        Assert.True(first.IsCancelled);
        Assert.Empty(test.Log);
    }

    [Fact]
    public void AnException_OfAPostedCallback_IsReportedAndTheOthersRun()
    {
        using var test = new TestLoop();
        var error = new InvalidOperationException("thrown");
        ExceptionContext? seen = null;
        Action thrower = () => throw error;
        test.Loop.ExceptionHandler = (_, context) => seen = context;
        test.Loop.CallSoonThreadSafe(thrower);
        test.Loop.CallSoonThreadSafe(test.Write("next"));
        test.Turn();
        Assert.Same(error, seen!.Exception);
        Assert.Same(thrower, seen.Source);
        Assert.Equal(["next"], test.Log);
    }

    [Fact]
    public void Posts_OfCachedDelegates_AllocateNothing()
    {
        using var test = new TestLoop();
        Action callback = () => { };
        Assert.Equal(0, Allocations.Least(Post));

        void Post()
        {
            for (int i = 0; i < Many; i++)
            {
                test.Loop.CallSoonThreadSafe(callback);
            }

            test.Turn();
        }
    }

    [Fact]
    public void PostedState_AfterItsTurn_IsLetGoOf()
    {
        using var test = new TestLoop();
        WeakReference state = PostOne(test.Loop);
        test.Turn();
        Garbage.CollectUntil(() => !state.IsAlive);

        static WeakReference PostOne(EventLoop loop)
        {
            object state = new();
            loop.CallSoonThreadSafe(_ => { }, state);
            return new WeakReference(state);
        }
    }
}
