namespace Gyre.Tests.Tasks;

/// <summary>A task whose awaits end at once gives way now and then. Guarantee G-83.</summary>
public sealed partial class StepBudgetTests
{
    private static readonly Dictionary<string, Func<Func<Coroutine>>> s_awaits = new()
    {
        ["coroutine"] = () => ReturnAtOnce,
        ["coroutine with a result"] = () => async () => Assert.Equal(1, await ReturnOneAtOnce()),
        ["default coroutine"] = () => () => default,
        ["future"] = () => AwaitDone,
        ["task"] = () =>
        {
            LoopTask<int> task = Aio.CreateTask(ReturnOneAtOnce(), eagerStart: true);
            return async () => Assert.Equal(1, await task);
        },
        ["queue"] = () =>
        {
            var queue = new LoopQueue<int>();
            return async () =>
            {
                Assert.True(queue.TryPut(1));
                Assert.Equal(1, await queue.GetAsync());
            };
        },
        ["lock"] = () =>
        {
            var mutex = new LoopLock();
            return async () => (await mutex.LockAsync()).Dispose();
        },
        ["event"] = () =>
        {
            var opened = new LoopEvent();
            opened.Set();
            return async () => await opened.WaitAsync();
        },
        ["semaphore"] = () =>
        {
            var permits = new LoopSemaphore(1);
            return async () => (await permits.AcquireAsync()).Dispose();
        },
        ["gather of nothing"] = () => async () => await Aio.Gather(Array.Empty<LoopTask<int>>()),
    };

    public static TheoryData<string, bool> Awaits { get; } =
        [.. from name in s_awaits.Keys from debug in (bool[])[false, true] select (name, debug)];

    /// <summary>Guarantee G-83.</summary>
    [Theory]
    [MemberData(nameof(Awaits))]
    public void Await_ThatEndsAtOnceForEver_TimersAndTasksHaveTheirTurn(string what, bool debug) => Aio.Run(
        async Coroutine () =>
        {
            EventLoop.Running.SlowCallbackDuration = TimeSpan.MaxValue;
            bool stop = false;
            LoopTask busy = Aio.CreateTask(RunBusily());
            int turns = 0;
            LoopTask other = Aio.CreateTask(CountTurns());
            await Aio.Sleep(1.Milliseconds());
            Assert.True(turns > 0);
            Assert.False(busy.IsDone);
            stop = true;
            await Aio.Gather([busy, other]);

            async Coroutine RunBusily()
            {
                Func<Coroutine> call = s_awaits[what]();
                while (!stop)
                {
                    await call();
                }
            }

            async Coroutine CountTurns()
            {
                for (; !stop; turns++)
                {
                    await Aio.Yield();
                }
            }
        },
        new EventLoopOptions { Debug = debug });

    /// <summary>Guarantee G-83.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(10_000)]
    public void Await_ThatEndsAtOnce_TheOneThatSpendsTheBudgetGivesWay(int budget)
    {
        Assert.Equal(10_000, new EventLoopOptions().StepBudget);
        Aio.Run(
            async Coroutine () =>
            {
                foreach (bool future in (bool[])[false, true])
                {
                    await Aio.Yield();
                    List<int> pauses = [];
                    int ended = 0;
                    EventLoop.Running.CallSoon(Note);
                    Future<int> done = Done();
                    while (pauses.Count < 3)
                    {
                        if (future)
                        {
                            Assert.Equal(1, await done);
                        }
                        else
                        {
                            await ReturnAtOnce();
                        }

                        ended++;
                    }

                    Assert.Equal([budget - 1, (2 * budget) - 1, (3 * budget) - 1], pauses);

                    void Note()
                    {
                        pauses.Add(ended);
                        EventLoop.Running.CallSoon(pauses.Count < 3 ? Note : static () => { });
                    }
                }
            },
            new EventLoopOptions { StepBudget = budget });
    }

    [Fact]
    public void StepBudget_OfZero_NoAwaitThatEndsAtOnceGivesWay() => Aio.Run(
        async Coroutine () =>
        {
            bool others = false;
            EventLoop.Running.CallSoon(() => others = true);
            Future<int> done = Done();
            for (int i = 0; i < 100_000; i++)
            {
                await ReturnAtOnce();
                await done;
                await default(Coroutine);
            }

            Assert.False(others);
            await Aio.Yield();
            Assert.True(others);
        },
        new EventLoopOptions { StepBudget = 0 });

    [Fact]
    public void StepBudget_BelowZero_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EventLoopOptions { StepBudget = -1 });

    [Fact]
    public void Await_ThatWaits_GivesTheTaskAWholeBudgetAgain() => Small(async () =>
    {
        int others = 0;
        for (int i = 0; i < 10; i++)
        {
            await Aio.Yield();
            EventLoop.Running.CallSoon(() => others++);
            for (int j = 0; j < Budget - 1; j++)
            {
                await ReturnAtOnce();
            }

            Assert.Equal(i, others);
        }
    });

    [Fact]
    public void Await_OfAChainDeeperThanTheBudget_GoesUpStepByStep() => Small(async () =>
    {
        Assert.Equal(100, await Down(100));
        long before = EventLoop.Running.Iterations;
        Assert.Equal(100, await Down(100));
        Assert.Equal(100 / Budget, EventLoop.Running.Iterations - before);

        static async Coroutine<int> Down(int depth) => depth == 0 ? 0 : 1 + await Down(depth - 1);
    });

    [Fact]
    public void Await_OfWhatFailsAtOnce_ThrowsAfterTheOthersHadTheirTurn() => Small(async () =>
    {
        var failed = EventLoop.Running.CreateFuture<int>();
        failed.SetException(new ArithmeticException());
        foreach (Func<Coroutine> call in (Func<Coroutine>[])[Throw, async () => await failed])
        {
            await Aio.Yield();
            bool others = false;
            EventLoop.Running.CallSoon(() => others = true);
            for (int i = 0; i < Budget; i++)
            {
                // The call itself is an await too; where it is a chain of two, the inner one may give way.
                Exception e = await Virtual.Throws<ArithmeticException>(call);
                Assert.Contains(nameof(StepBudgetTests), call == Throw ? e.StackTrace : nameof(StepBudgetTests));
            }

            Assert.True(others);
        }

        static async Coroutine Throw()
        {
            await ReturnAtOnce();
            throw new ArithmeticException();
        }
    });

    [Fact]
    public void Await_ThatGivesWay_KeepsTheContext() => Small(async () =>
    {
        var local = new AsyncLocal<int>();
        LoopTask other = Aio.CreateTask(Other());
        for (int i = 0; i < 10 * Budget; i++)
        {
            await Set(i);
            Assert.Equal(i, local.Value);
        }

        await other;

        async Coroutine Set(int value) => local.Value = value;

        async Coroutine Other()
        {
            for (int i = 0; i < 10 * Budget; i++)
            {
                local.Value = -1;
                await ReturnAtOnce();
                Assert.Equal(-1, local.Value);
            }
        }
    });

    [Fact]
    public void EagerTask_SpendsTheBudgetOfTheStepThatStartsIt() => Small(async () =>
    {
        await Aio.Yield();
        LoopTask first = Aio.CreateTask(Many(Budget - 1), eagerStart: true);
        Assert.True(first.IsDone);
        LoopTask second = Aio.CreateTask(Many(2), eagerStart: true);
        Assert.False(second.IsDone);
        bool others = false;
        EventLoop.Running.CallSoon(() => others = true);
        await ReturnAtOnce();
        Assert.True(others);
        Assert.True(second.IsDone);
    });

    [Fact]
    public void EagerTasks_ThatEndAtOnceForEver_TimersRun() => Aio.Run(async Coroutine () =>
    {
        bool due = false;
        EventLoop.Running.CallLater(1.Milliseconds(), () => due = true);
        while (!due)
        {
            Assert.Equal(1, await Aio.CreateTask(ReturnOneAtOnce(), eagerStart: true));
        }
    });

    [Fact]
    public void PlainCode_ThatAwaitsWhatIsDone_GivesWayToo() => Small(async () =>
    {
        await Aio.Yield();
        Future<int> done = Done();
        int ended = 0;
        int seen = -1;
        EventLoop.Running.CallSoon(() => seen = ended);
        Assert.Equal(2 * Budget, await Plain());
        Assert.Equal(Budget - 1, seen);

        async Task<int> Plain()
        {
            while (ended < 2 * Budget)
            {
                Assert.Equal(1, await done);
                ended++;
                await default(Coroutine);
                ended++;
            }

            return ended;
        }
    });

    [Fact]
    public void Future_ThatIsDone_OutsideOfTheLoop_IsAwaitedAtOnce()
    {
        using var loop = new EventLoop(new EventLoopOptions { StepBudget = 1 });
        Future<int> future = loop.CreateFuture<int>();
        future.SetResult(1);
        for (int i = 0; i < 100; i++)
        {
            Assert.True(future.GetAwaiter().IsCompleted);
        }
    }

    private const int Budget = 10;

    private static void Small(Func<Coroutine> scenario) =>
        Aio.Run(scenario, new EventLoopOptions { StepBudget = Budget });

    private static Future<int> Done()
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        future.SetResult(1);
        return future;
    }

    private static async Coroutine AwaitDone() => Assert.Equal(1, await Done());

    private static async Coroutine ReturnAtOnce()
    {
    }

    private static async Coroutine<int> ReturnOneAtOnce() => 1;

    private static async Coroutine Many(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await ReturnAtOnce();
        }
    }
}
