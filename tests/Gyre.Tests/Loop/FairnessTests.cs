namespace Gyre.Tests.Loop;

/// <summary>What is ready for ever does not keep timers and I/O waiting. Guarantee G-11.</summary>
public class FairnessTests
{
    [Fact]
    public void RunOnce_CallbackThatPostsItself_TimersRun() => RunUntilTheTimer(loop =>
    {
        loop.CallSoonThreadSafe(Again);

        void Again() => loop.CallSoonThreadSafe(Again);
    });

    [Fact]
    public void RunOnce_ThreadThatPostsWithoutEnd_TimersRun()
    {
        using var stop = new CancellationTokenSource();
        Thread? poster = null;
        RunUntilTheTimer(loop =>
        {
            poster = new Thread(() =>
            {
                while (!stop.IsCancellationRequested && !loop.IsClosed)
                {
                    loop.TryPostThreadSafe(Callbacks.Action, (Action)(static () => { }), null);
                }
            });
            poster.Start();
        });
        stop.Cancel();
        poster!.Join();
    }

    [Fact]
    public void RunOnce_TasksThatYieldForEver_TimersRun() => RunUntilTheTimer(loop =>
    {
        for (int i = 0; i < 10; i++)
        {
            _ = loop.CreateTask(YieldForEver());
        }
    });

    [Fact]
    public void RunOnce_EagerTasksThatStartOthers_TimersRun() => RunUntilTheTimer(loop =>
        _ = loop.CreateTask(StartOthers(), eagerStart: true));

    [Fact]
    public void RunOnce_EagerTaskInACallback_RunsWhatItSchedulesInTheNextIteration() => Aio.Run(async Coroutine () =>
    {
        EventLoop loop = EventLoop.Running;
        await Aio.Yield();
        long iteration = loop.Iterations;
        long first = -1;
        long second = -1;
        await Aio.CreateTask(Steps(), eagerStart: true);
        Assert.Equal((iteration, iteration + 1), (first, second));

        async Coroutine Steps()
        {
            first = loop.Iterations;
            await Aio.Yield();
            second = loop.Iterations;
        }
    });

    private static async Coroutine YieldForEver()
    {
        while (true)
        {
            await Aio.Yield();
        }
    }

    private static async Coroutine StartOthers()
    {
        while (true)
        {
            _ = Aio.CreateTask(Aio.Sleep(TimeSpan.Zero), eagerStart: true);
            await Aio.Yield();
        }
    }

    /// <summary>Returns when a timer has run beside what is ready for ever.</summary>
    private static void RunUntilTheTimer(Action<EventLoop> begin) => Aio.Run(async Coroutine () =>
    {
        begin(EventLoop.Running);
        await Aio.Sleep(1.Milliseconds());
        await Aio.Sleep(1.Milliseconds());
    });
}
