using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Executors;

public class DefaultExecutorTests
{
    [Fact]
    public void Run_AtItsEnd_JoinsTheThreadsOfTheDefaultExecutor()
    {
        Thread? thread = null;
        int ended = 0;
        Run(async () =>
        {
            thread = await Aio.ToThread(() => Thread.CurrentThread);

            // Nobody waits for this one; the end does.
            _ = EventLoop.Running.RunInExecutor(null, () => { ended++; });
        });
        Assert.False(thread!.IsAlive);
        Assert.Equal(2, ended);
    }

    [Fact]
    public void Close_OfALoopWithIdleThreads_EndsThem()
    {
        var loop = new EventLoop();
        Thread thread = loop.RunUntilComplete(Aio_ToThread());
        loop.Close();
        Assert.True(thread.Join(TimeSpan.FromMinutes(2)));

        static async Coroutine<Thread> Aio_ToThread() => await Aio.ToThread(() => Thread.CurrentThread);
    }

    [Fact]
    public void ShutdownDefaultExecutor_ThenAnotherCall_IsAnError() => Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        Thread thread = await Aio.ToThread(() => Thread.CurrentThread);
        await loop.ShutdownDefaultExecutor();
        Assert.False(thread.IsAlive);
        var error = await Throws<InvalidOperationException>(async () => await Aio.ToThread(() => 1));
        Assert.Contains("executor of your own", error.Message, StringComparison.Ordinal);
        await loop.ShutdownDefaultExecutor();
    });

    [Fact]
    public void ShutdownDefaultExecutor_ThatWasNeverUsed_ReturnsAtOnce() => Run(async () =>
    {
        await EventLoop.Running.ShutdownDefaultExecutor();
        Assert.Throws<InvalidOperationException>(() => EventLoop.Running.DefaultExecutor);
    });

    /// <summary>CPython: BaseEventLoopTests.test_shutdown_default_executor_timeout.</summary>
    [Fact]
    public void ShutdownDefaultExecutor_CallThatTakesTooLong_WarnsAndLeavesIt()
    {
        using var gate = new ManualResetEventSlim();
        var warnings = new List<string>();
        Action<string> listener = message =>
        {
            lock (warnings)
            {
                warnings.Add(message);
            }
        };
        RuntimeWarnings.Raised += listener;
        var loop = new EventLoop();
        try
        {
            Future blocked = loop.RunInExecutor(null, gate.Wait);
            loop.RunUntilComplete(loop.ShutdownDefaultExecutor(TimeSpan.FromMilliseconds(50)));
            lock (warnings)
            {
                Assert.Contains("calls of the default executor did not end within 0.05 s", warnings);
            }

            Assert.False(blocked.IsDone);
            gate.Set();
            loop.RunUntilComplete(blocked);
        }
        finally
        {
            gate.Set();
            RuntimeWarnings.Raised -= listener;
            loop.Close();
        }
    }

    [Fact]
    public void ShutdownDefaultExecutor_Cancelled_EndsTheExecutorAllTheSame() => Run(async () =>
    {
        using var gate = new ManualResetEventSlim();
        Future blocked = EventLoop.Running.RunInExecutor(null, gate.Wait);
        LoopTask shutdown = Aio.CreateTask(EventLoop.Running.ShutdownDefaultExecutor());
        await Turns();
        shutdown.Cancel();
        await Throws<CancelledException>(shutdown);
        gate.Set();
        await blocked;
    });
}
