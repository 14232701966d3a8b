using BenchmarkDotNet.Attributes;

namespace Gyre.Benchmarks;

/// <summary><see cref="LoopTask"/>, <see cref="Future{T}"/> and <see cref="TaskGroup"/>.</summary>
public class TaskBenchmarks : LoopBenchmark
{
    [Benchmark(OperationsPerInvoke = Operations)]
    public void CreateAndAwait() => Run(CreateAll());

    [Benchmark(OperationsPerInvoke = Operations)]
    public void StartInAGroup() => Run(StartAll());

    [Benchmark(OperationsPerInvoke = Operations)]
    public void SetAndAwaitAFuture() => Run(SetAll());

    private static async Coroutine CreateAll()
    {
        for (int i = 0; i < Operations; i++)
        {
            await Aio.CreateTask(Nothing());
        }
    }

    private static Coroutine StartAll() => Aio.TaskGroup(async group =>
    {
        for (int i = 0; i < Operations; i++)
        {
            group.Start(Nothing());
        }
    });

    private static async Coroutine SetAll()
    {
        EventLoop loop = EventLoop.Running;
        for (int i = 0; i < Operations; i++)
        {
            Future<int> future = loop.CreateFuture<int>();
            loop.CallSoon(static state => ((Future<int>)state!).SetResult(1), future);
            await future;
        }
    }

    private static async Coroutine Nothing()
    {
    }
}
