using BenchmarkDotNet.Attributes;

namespace Gyre.Benchmarks;

/// <summary><see cref="EventLoop"/>: callbacks and timers.</summary>
public class CallbackBenchmarks : LoopBenchmark
{
    private static readonly Action s_callback = static () => { };

    [Benchmark(OperationsPerInvoke = Operations)]
    public void CallSoon() => Run(CallAll());

    [Benchmark(OperationsPerInvoke = Operations)]
    public void CallLaterAndCancel() => Run(CancelAll());

    private static async Coroutine CallAll()
    {
        EventLoop loop = EventLoop.Running;
        for (int i = 0; i < Operations; i++)
        {
            loop.CallSoon(s_callback);
        }

        await Aio.Yield();
    }

    private static async Coroutine CancelAll()
    {
        EventLoop loop = EventLoop.Running;
        for (int i = 0; i < Operations; i++)
        {
            loop.CallLater(TimeSpan.FromSeconds(60 + (i & 1023)), s_callback).Cancel();
        }

        await Aio.Yield();
    }
}
