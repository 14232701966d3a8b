using BenchmarkDotNet.Attributes;

namespace Gyre.Benchmarks;

/// <summary><see cref="LoopLock"/>, <see cref="LoopSemaphore"/>, <see cref="LoopEvent"/> and
/// <see cref="LoopQueue{T}"/>.</summary>
public class SynchronizationBenchmarks : LoopBenchmark
{
    [Benchmark(OperationsPerInvoke = Operations)]
    public void FreeLock() => Run(LockAll());

    [Benchmark(OperationsPerInvoke = Operations)]
    public void ContendedSemaphore() => Run(ContendAll());

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Event() => Run(SetAll());

    [Benchmark(OperationsPerInvoke = Operations)]
    public void QueueWithRoom() => Run(PassAll(maxSize: 0));

    [Benchmark(OperationsPerInvoke = Operations)]
    public void QueueOfOne() => Run(PassAll(maxSize: 1));

    private static async Coroutine LockAll()
    {
        var gate = new LoopLock();
        for (int i = 0; i < Operations; i++)
        {
            using (await gate.LockAsync())
            {
            }
        }
    }

    private static async Coroutine ContendAll()
    {
        const int Tasks = 10;
        var semaphore = new LoopSemaphore(2);
        await Aio.TaskGroup(async group =>
        {
            for (int i = 0; i < Tasks; i++)
            {
                group.Start(Acquire(semaphore, Operations / Tasks));
            }
        });
    }

    private static async Coroutine Acquire(LoopSemaphore semaphore, int count)
    {
        for (int i = 0; i < count; i++)
        {
            using (await semaphore.AcquireAsync())
            {
                await Aio.Yield();
            }
        }
    }

    private static async Coroutine SetAll()
    {
        var ready = new LoopEvent();
        for (int i = 0; i < Operations; i++)
        {
            EventLoop.Running.CallSoon(static state => ((LoopEvent)state!).Set(), ready);
            await ready.WaitAsync();
            ready.Clear();
        }
    }

    private static async Coroutine PassAll(int maxSize)
    {
        var queue = new LoopQueue<int>(maxSize);
        LoopTask taking = Aio.CreateTask(TakeAll(queue));
        for (int i = 0; i < Operations; i++)
        {
            await queue.PutAsync(i);
        }

        await taking;
    }

    private static async Coroutine TakeAll(LoopQueue<int> queue)
    {
        for (int i = 0; i < Operations; i++)
        {
            await queue.GetAsync();
        }
    }
}
