using System.Runtime.CompilerServices;

namespace Gyre.Tests.Issues;

/// <summary>What a thread kept for its next waits kept the loop of the last ones, too, when that was closed. No other test
/// runs meanwhile: one in debug mode would keep anything from being pooled.</summary>
[Collection(nameof(SequentialCollection))]
public class ClosedLoopIsKeptTests
{
    public static TheoryData<string> Waits => ["get", "put", "enumerate", "lock", "semaphore", "event", "condition", "sleep"];

    [Theory]
    [MemberData(nameof(Waits))]
    public void Close_AfterWaits_NothingOfTheThreadHoldsTheLoop(string kind)
    {
        WeakReference<EventLoop> loop = RunAndClose(kind);
        Garbage.CollectUntil(() => !loop.TryGetTarget(out _));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<EventLoop> RunAndClose(string kind)
    {
        using var test = new TestLoop();
        test.Run(async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                await WaitAsync(kind);
            }
        });
        return new WeakReference<EventLoop>(test.Loop);
    }

    /// <summary>One task waits until another goes on.</summary>
    private static async Coroutine WaitAsync(string kind)
    {
        var queue = new LoopQueue<int>(maxSize: 1);
        var mutex = new LoopLock();
        var semaphore = new LoopSemaphore(0);
        var flag = new LoopEvent();
        var condition = new LoopCondition();
        if (kind == "put")
        {
            await queue.PutAsync(0);
        }

        await mutex.LockAsync();
        LoopTask waiting = Aio.CreateTask(kind switch
        {
            "get" => Drop(queue.GetAsync()),
            "put" => queue.PutAsync(1),
            "enumerate" => Enumerate(queue),
            "lock" => Drop(mutex.LockAsync()),
            "semaphore" => Drop(semaphore.AcquireAsync()),
            "event" => flag.WaitAsync(),
            "condition" => Wait(condition),
            _ => Aio.Sleep(1.Seconds()),
        });
        await Aio.Yield();
        await Aio.Yield();
        Assert.False(waiting.IsDone);
        if (!queue.TryPut(1))
        {
            Assert.True(queue.TryGet(out _));
        }

        mutex.Release();
        semaphore.Release();
        flag.Set();
        using (await condition.LockAsync())
        {
            condition.NotifyAll();
        }

        await waiting;
    }

    private static async Coroutine Drop<T>(Coroutine<T> coroutine) => await coroutine;

    private static async Coroutine Enumerate(LoopQueue<int> queue)
    {
        await foreach (int item in queue)
        {
            Assert.Equal(1, item);
            return;
        }
    }

    private static async Coroutine Wait(LoopCondition condition)
    {
        using (await condition.LockAsync())
        {
            await condition.WaitAsync();
        }
    }
}
