using Gyre.Testing;

namespace Gyre.Tests.Testing;

public class LoopTestTests
{
    [Fact]
    public void Run_Default_IsVirtualAndDebug() => LoopTest.Run(async () =>
    {
        await Aio.Sleep(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromDays(1), VirtualClock.Current.Elapsed);
        Assert.True(Aio.RunningLoop.Debug);
    });

    [Fact]
    public void Run_OwnClock_IsUsed()
    {
        var clock = new VirtualClock();
        LoopTest.Run(async () => await Aio.Sleep(1.Seconds()), new LoopTestOptions { Clock = clock, Debug = false });
        Assert.Equal(1.Seconds(), clock.Elapsed);
    }

    [Fact]
    public void Run_RealTime_DoesRealIO() => LoopTest.Run(
        async () =>
        {
            await Aio.Sleep(1.Milliseconds());
            Assert.Same(TimeProvider.System, Aio.RunningLoop.Clock);
            Assert.NotEqual("virtual", Aio.RunningLoop.BackendName);
        },
        new LoopTestOptions { RealTime = true });

    [Fact]
    public void Run_TestFails_ThrowsItsError() =>
        Assert.Throws<InvalidDataException>(() => LoopTest.Run(async () =>
        {
            _ = Aio.CreateTask(Virtual.Forever());
            await Aio.Yield();
            throw new InvalidDataException();
        }));

    [Fact]
    public void Run_TaskLeft_Fails()
    {
        bool ended = false;
        LoopTestException error = Assert.Throws<LoopTestException>(() => LoopTest.Run(async () =>
        {
            LoopTask left = Aio.CreateTask(Virtual.Forever(), "left over");
            left.AddDoneCallback(_ => ended = true);
            await Aio.Yield();
        }));
        Assert.Contains("task 'left over' in Forever waits for", error.Message, StringComparison.Ordinal);
        Assert.True(ended);
    }

    [Fact]
    public void Run_TaskLeftAllowed_CancelsIt() => LoopTest.Run(
        async () =>
        {
            _ = Aio.CreateTask(Virtual.Forever());
            await Aio.Yield();
        },
        new LoopTestOptions { AllowsLeftTasks = true });

    [Fact]
    public void Run_TaskCancelledLastThing_IsNotLeft() => LoopTest.Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Virtual.Forever());
        await Aio.Yield();
        task.Cancel();
    });

    [Fact]
    public void Run_ErrorOfACallback_Fails()
    {
        var error = Assert.Throws<LoopTestException>(() => LoopTest.Run(async () =>
        {
            Aio.RunningLoop.CallSoon(() => throw new InvalidDataException());
            await Aio.Yield();
        }));
        Assert.IsType<InvalidDataException>(error.InnerException);
    }

    [Fact]
    public void Run_ErrorNeverRetrieved_FailsWithoutTheCollector()
    {
        var error = Assert.Throws<LoopTestException>(() => LoopTest.Run(async () =>
        {
            _ = Aio.CreateTask(Fail(), "forgotten");
            _ = Aio.CreateTask(Fail());
            LoopTask seen = Aio.CreateTask(Fail());
            await Aio.Wait([seen]);
            Assert.NotNull(seen.Exception);
        }));
        Assert.Contains("task 'forgotten' was never retrieved", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Assert.IsType<AggregateException>(error.InnerException).InnerExceptions.Count);
    }

    [Fact]
    public void Run_UnhandledErrorsAllowed_EndsWell() => LoopTest.Run(
        async () =>
        {
            _ = Aio.CreateTask(Fail());
            await Aio.Yield();
        },
        new LoopTestOptions { AllowsUnhandledErrors = true });

    [Fact]
    public void Run_Deadlock_Throws() =>
        Assert.Throws<DeadlockException>(() => LoopTest.Run(async () => await Virtual.Forever()));

    [Fact]
    public void Run_Limit_CancelsAndTellsWhoWaited()
    {
        var error = Assert.Throws<TimeoutException>(() => LoopTest.Run(
            Tick, new LoopTestOptions { Limit = 20.Milliseconds() }));
        Assert.Contains("← Tick", error.Message, StringComparison.Ordinal);
        Assert.IsType<CancelledException>(error.InnerException);

        static async Coroutine Tick()
        {
            while (true)
            {
                await Aio.Sleep(1.Seconds());
            }
        }
    }

    [Fact]
    public void Run_Token_CancelsTheTest()
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => LoopTest.Run(
            async () =>
            {
                source.Cancel();
                await Virtual.Forever();
            },
            new LoopTestOptions { RealTime = true, CancellationToken = source.Token }));
    }

    private static async Coroutine Fail()
    {
        await Aio.Yield();
        throw new InvalidDataException();
    }
}
