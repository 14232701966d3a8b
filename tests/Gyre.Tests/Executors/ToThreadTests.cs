using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Executors;

public class ToThreadTests
{
    /// <summary>CPython: ToThreadTests.test_to_thread, test_to_thread_once,
    /// test_to_thread_args_kwargs.</summary>
    [Fact]
    public void ToThread_Function_RunsOnceOnAnotherThread() => Run(async () =>
    {
        int calls = 0;
        int loopThread = Environment.CurrentManagedThreadId;
        int thread = await Aio.ToThread(() =>
        {
            calls++;
            return Environment.CurrentManagedThreadId;
        });
        Assert.NotEqual(loopThread, thread);
        Assert.Equal(loopThread, Environment.CurrentManagedThreadId);
        await Aio.ToThread(() => { calls++; });
        Assert.Equal(2, calls);
    });

    /// <summary>CPython: ToThreadTests.test_to_thread_exception.</summary>
    [Fact]
    public void ToThread_FunctionThatThrows_ThrowsAtTheAwait() => Run(async () =>
    {
        var error = await Throws<FormatException>(() => Aio.ToThread(() => throw new FormatException("test")));
        Assert.Equal("test", error.Message);
    });

    /// <summary>CPython: ToThreadTests.test_to_thread_concurrent.</summary>
    [Fact]
    public void ToThread_ManyAtOnce_AllRun() => Run(async () =>
    {
        int calls = 0;
        await Aio.Gather(Enumerable.Range(0, 10).Select(
            _ => Aio.ToThread(() => { Interlocked.Increment(ref calls); })));
        Assert.Equal(10, calls);
    });

    /// <summary>CPython: ToThreadTests.test_to_thread_contextvars.</summary>
    [Fact]
    public void ToThread_Context_FlowsInAndNotOut() => Run(async () =>
    {
        var local = new AsyncLocal<string?> { Value = "parrot" };
        Assert.Equal("parrot", await Aio.ToThread(() =>
        {
            string? seen = local.Value;
            local.Value = "cat";
            return seen;
        }));
        Assert.Equal("parrot", local.Value);
    });

    [Fact]
    public void ToThread_NotAwaited_DoesNotRun() => Run(async () =>
    {
        bool ran = false;
        Aio.ToThread(() => { ran = true; }).Discard();
        await Aio.ToThread(() => { });
        Assert.False(ran);
    });

    [Fact]
    public void ToThread_FunctionThatObeysTheTasksToken_EndsWithTheTask() => Run(async () =>
    {
        bool noticed = false;
        using var running = new ManualResetEventSlim();
        LoopTask task = Aio.CreateTask(Work());
        while (!running.IsSet)
        {
            await Aio.Yield();
        }

        task.Cancel();
        await Throws<CancelledException>(task);

        // The end of the loop waits for the thread.
        await EventLoop.Running.ShutdownDefaultExecutor();
        Assert.True(noticed);

        async Coroutine Work()
        {
            CancellationToken token = Aio.CancellationToken;
            await Aio.ToThread(() =>
            {
                running.Set();
                noticed = token.WaitHandle.WaitOne(TimeSpan.FromMinutes(2));
                token.ThrowIfCancellationRequested();
            });
        }
    });
}
