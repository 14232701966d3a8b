using BenchmarkDotNet.Attributes;

namespace Gyre.Benchmarks;

/// <summary><see cref="Coroutine"/> and <see cref="Coroutine{T}"/>.</summary>
public class CoroutineBenchmarks : LoopBenchmark
{
    [Benchmark(OperationsPerInvoke = Operations)]
    public void AwaitCompleted() => Run(AwaitAll());

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Yield() => Run(YieldAll(1));

    [Benchmark(OperationsPerInvoke = Operations)]
    public void YieldBelowAHundred() => Run(YieldAll(100));

    private static async Coroutine AwaitAll()
    {
        long sum = 0;
        for (int i = 0; i < Operations; i++)
        {
            sum += await One();
        }

        GC.KeepAlive(sum);
    }

    private static async Coroutine YieldAll(int depth)
    {
        if (depth > 1)
        {
            await YieldAll(depth - 1);
            return;
        }

        for (int i = 0; i < Operations; i++)
        {
            await Aio.Yield();
        }
    }

    private static async Coroutine<int> One() => 1;
}
