using System.Text.Json;

namespace Gyre.Conformance;

/// <summary>What asyncio's <c>get_nowait</c> raises where <c>TryGet</c> returns false.</summary>
internal sealed class QueueEmptyException : Exception;

/// <summary>What asyncio's <c>put_nowait</c> raises where <c>TryPut</c> returns false.</summary>
internal sealed class QueueFullException : Exception;

// The statements on locks, events, conditions, semaphores, barriers and queues.
internal sealed partial class ProgramRun
{
    private static object MakeObject(JsonElement spec) => Text(spec, "kind") switch
    {
        "lock" => new LoopLock(),
        "event" => new LoopEvent(),
        "condition" => new LoopCondition(),
        "semaphore" => new LoopSemaphore(Number(spec, "value")),
        "bounded" => new LoopBoundedSemaphore(Number(spec, "value")),
        "barrier" => new LoopBarrier(Number(spec, "parties")),
        "queue" => new LoopQueue<int>(Number(spec, "maxsize")),
        "lifo" => new LoopLifoQueue<int>(Number(spec, "maxsize")),
        "priority" => new LoopPriorityQueue<int>(Number(spec, "maxsize")),
        string kind => throw new ArgumentException($"unknown kind {kind}"),
    };

    private static Coroutine<LoopReleaser> Acquire(object obj) => obj switch
    {
        LoopLock mutex => mutex.LockAsync(),
        LoopCondition condition => condition.LockAsync(),
        _ => ((LoopSemaphore)obj).AcquireAsync(),
    };

    private async Coroutine<Flow> With(object obj, JsonElement s, Frame frame)
    {
        if (obj is LoopBarrier barrier)
        {
            await barrier.WaitAsync();
            return await Block(s.GetProperty("body"), frame);
        }

        using (await Acquire(obj))
        {
            return await Block(s.GetProperty("body"), frame);
        }
    }

    /// <summary>The statements that may wait. Known is false for the others.</summary>
    private static async Coroutine<(bool Known, object? Value)> UseObject(string op, object obj, JsonElement s)
    {
        switch (op)
        {
            case "acquire":
                await Acquire(obj);
                return (true, true);
            case "event_wait":
                await ((LoopEvent)obj).WaitAsync();
                return (true, true);
            case "condition_wait":
                await ((LoopCondition)obj).WaitAsync();
                return (true, true);
            case "barrier_wait":
                return (true, await ((LoopBarrier)obj).WaitAsync());
            case "barrier_abort":
                await ((LoopBarrier)obj).AbortAsync();
                return (true, null);
            case "barrier_reset":
                await ((LoopBarrier)obj).ResetAsync();
                return (true, null);
            case "put":
                await ((LoopQueue<int>)obj).PutAsync(Number(s, "value"));
                return (true, null);
            case "get":
                return (true, await ((LoopQueue<int>)obj).GetAsync());
            case "join":
                await ((LoopQueue<int>)obj).JoinAsync();
                return (true, null);
            default:
                return (false, null);
        }
    }

    private static object? UseObjectNow(string op, object obj, JsonElement s)
    {
        switch (obj)
        {
            case LoopLock mutex:
                return op == "locked" ? mutex.IsLocked : Done(mutex.Release);
            case LoopSemaphore semaphore:
                return op == "locked" ? semaphore.IsLocked : Done(semaphore.Release);
            case LoopEvent flag:
                return Done(op == "set_event" ? flag.Set : flag.Clear);
            case LoopCondition condition:
                return op switch
                {
                    "locked" => condition.IsLocked,
                    "notify" => Done(() => condition.Notify(Number(s, "n"))),
                    "notify_all" => Done(condition.NotifyAll),
                    _ => Done(condition.Release),
                };
            case LoopBarrier barrier:
                return new List<object?> { barrier.WaitingCount, barrier.IsBroken };
            default:
                return UseQueueNow(op, (LoopQueue<int>)obj, s);
        }
    }

    private static object? UseQueueNow(string op, LoopQueue<int> queue, JsonElement s)
    {
        switch (op)
        {
            case "put_nowait":
                return queue.TryPut(Number(s, "value")) ? null : throw new QueueFullException();
            case "get_nowait":
                return queue.TryGet(out int item) ? item : throw new QueueEmptyException();
            case "task_done":
                try
                {
                    queue.TaskDone();
                    return null;
                }
                catch (InvalidOperationException e)
                {
                    // Python calls it a bad argument, .NET a misuse.
                    throw new ArgumentException(e.Message, e);
                }

            case "qsize":
                return new List<object?> { queue.Count, queue.IsEmpty, queue.IsFull };
            default:
                return Done(() => queue.Shutdown(s.GetProperty("immediate").GetBoolean()));
        }
    }

    private static object? Done(Action action)
    {
        action();
        return null;
    }
}
