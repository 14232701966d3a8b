namespace Gyre.Tests.Synchronization;

public class SharedQueueTests
{
    [Fact]
    public void TryPut_Full_IsFalse()
    {
        var queue = new SharedQueue<int>(2);
        Assert.True(queue.TryPut(1));
        Assert.True(queue.TryPut(2));
        Assert.False(queue.TryPut(3));
        Assert.True(queue.TryGet(out int item));
        Assert.Equal(1, item);
        Assert.Equal(1, queue.Count);
        Assert.Equal("SharedQueue [count: 1/2]", queue.ToString());
    }

    [Fact]
    public void Constructor_NoRoom_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new SharedQueue<int>(0));

    /// <summary>Guarantee G-131.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void GetAsync_TwoLoopsPutAndGet_EachItemOnceInItsOrder(int size)
    {
        const int Items = 2000;
        var queue = new SharedQueue<(int From, int Number)>(size);
        List<(int From, int Number)>[] got = [[], []];
        LoopGroup.Run(
            async Coroutine (group) =>
            {
                for (int i = 0; i < 2; i++)
                {
                    List<(int From, int Number)> list = got[i];
                    _ = group.CreateTask(group.Loops[i], () => GetAll(list));
                }

                await Aio.Gather(
                    group.RunOnAsync(group.Loops[0], () => PutAll(0)),
                    group.RunOnAsync(group.Loops[1], () => PutAll(1)));
                queue.Shutdown();
            },
            new LoopGroupOptions { Count = 2 });
        for (int from = 0; from < 2; from++)
        {
            IEnumerable<int> all = got.SelectMany(list => list).Where(item => item.From == from).Select(item => item.Number);
            Assert.Equal(Enumerable.Range(0, Items), all.Order());
            foreach (List<(int From, int Number)> list in got)
            {
                IEnumerable<int> seen = list.Where(item => item.From == from).Select(item => item.Number);
                Assert.Equal(seen.Order(), seen);
            }
        }

        async Coroutine PutAll(int from)
        {
            for (int i = 0; i < Items; i++)
            {
                await queue.PutAsync((from, i));
            }
        }

        async Coroutine GetAll(List<(int From, int Number)> list)
        {
            try
            {
                while (true)
                {
                    list.Add(await queue.GetAsync());
                }
            }
            catch (QueueShutDownException)
            {
                // All is got.
            }
        }
    }

    /// <summary>Guarantee G-131.</summary>
    [Fact]
    public void GetAsync_CancelledAllTheTime_LosesNoItem()
    {
        const int Items = 1000;
        var queue = new SharedQueue<int>(4);
        var got = new List<int>();
        LoopGroup.Run(
            async Coroutine (group) =>
            {
                LoopTask putter = group.CreateTask(group.Loops[1], async Coroutine () =>
                {
                    for (int i = 0; i < Items; i++)
                    {
                        await queue.PutAsync(i);
                    }
                });
                while (got.Count < Items)
                {
                    LoopTask<int>[] getters = [Aio.CreateTask(queue.GetAsync()), Aio.CreateTask(queue.GetAsync())];
                    await Aio.Yield();
                    getters[got.Count % 2].Cancel();
                    getters[1 - (got.Count % 2)].Cancel();
                    await Aio.Wait(getters);
                    got.AddRange(getters.Where(getter => !getter.IsCancelled).Select(getter => getter.Result));
                    if (getters.All(getter => getter.IsCancelled) && queue.TryGet(out int item))
                    {
                        got.Add(item);
                    }
                }

                await putter;
            },
            new LoopGroupOptions { Count = 2 });
        Assert.Equal(Enumerable.Range(0, Items), got);
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void PutAsync_Cancelled_PutsNothing() => Virtual.Run(async Coroutine () =>
    {
        var queue = new SharedQueue<int>(1);
        queue.TryPut(0);
        LoopTask putter = Aio.CreateTask(queue.PutAsync(1));
        LoopTask second = Aio.CreateTask(queue.PutAsync(2));
        await Aio.Yield();
        Assert.True(queue.TryGet(out _));
        putter.Cancel();
        await second;
        Assert.True(putter.IsCancelled);
        Assert.True(queue.TryGet(out int item));
        Assert.Equal(2, item);
        Assert.False(queue.TryGet(out _));
    });

    [Fact]
    public void GetAsync_FromAThread_WakesTheLoop() => Aio.Run(async Coroutine () =>
    {
        var queue = new SharedQueue<int>(1);
        var thread = new Thread(() => queue.TryPut(5));
        LoopTask<int> getter = Aio.CreateTask(queue.GetAsync());
        await Aio.Yield();
        thread.Start();
        Assert.Equal(5, await getter);
        thread.Join();
    });

    [Fact]
    public void Shutdown_Waiters_AreToldAndItemsStay() => Virtual.Run(async Coroutine () =>
    {
        var queue = new SharedQueue<int>(1);
        LoopTask<int> getter = Aio.CreateTask(queue.GetAsync());
        await Aio.Yield();
        queue.Shutdown();
        await Aio.Wait([getter]);
        Assert.IsType<QueueShutDownException>(getter.Exception);
        Assert.Throws<QueueShutDownException>(() => queue.TryPut(1));
        Assert.True(queue.IsShutDown);

        var full = new SharedQueue<int>(1);
        full.TryPut(1);
        full.Shutdown();
        Assert.Equal(1, await full.GetAsync());
        Assert.Throws<QueueShutDownException>(() => full.TryGet(out _));
        full = new SharedQueue<int>(1);
        full.TryPut(1);
        full.Shutdown(immediate: true);
        Assert.Equal(0, full.Count);
    });

    [Fact]
    public void TryPut_WaiterWhoseLoopIsClosed_WakesTheNext()
    {
        var queue = new SharedQueue<int>(1);
        var gone = new EventLoop { ExceptionHandler = static (_, _) => { } };
        gone.CreateTask(queue.GetAsync());
        gone.CallSoon(gone.Stop);
        gone.RunForever();
        Aio.Run(async Coroutine () =>
        {
            LoopTask<int> getter = Aio.CreateTask(queue.GetAsync());
            await Aio.Yield();
            gone.Close();
            queue.TryPut(3);
            Assert.Equal(3, await getter);
        });
    }

    /// <summary>What comes between the look and the wait wakes nobody: it must be seen before the wait. With nothing else on
    /// its way, one that was missed would be missed for ever. Guarantee G-131.</summary>
    [Fact]
    public void GetAsync_AnswersComeAtAnyMoment_NoneIsMissed()
    {
        const int Rounds = 20_000;
        var there = new SharedQueue<int>(1);
        var back = new SharedQueue<int>(1);
        var answers = new Thread(Answer) { IsBackground = true };
        answers.Start();
        Aio.Run(async Coroutine () => await Aio.WaitFor(AskAsync(), 60.Seconds()));
        answers.Join();

        async Coroutine AskAsync()
        {
            for (int i = 0; i < Rounds; i++)
            {
                Assert.True(there.TryPut(i));
                Assert.Equal(i, await back.GetAsync());
            }
        }

        // Never waits, so that the answer comes while the other one looks, or begins to wait.
        void Answer()
        {
            var random = new Random(17);
            for (int i = 0; i < Rounds; i++)
            {
                int item;
                for (int spins = 1; !there.TryGet(out item); spins++)
                {
                    if (spins % 1_000 == 0)
                    {
                        Thread.Yield();
                    }
                }

                Thread.SpinWait(random.Next(30));
                back.TryPut(item);
            }
        }
    }
}
