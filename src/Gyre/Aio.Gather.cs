namespace Gyre;

public static partial class Aio
{
    /// <summary>Runs coroutines side by side, each in a task of its own. asyncio: <c>gather</c>.</summary>
    /// <returns>A future of their results, in the order given.</returns>
    /// <remarks>Loop thread only. The first error ends the future at once; the other tasks run on, and their
    /// errors count as seen. Cancelling the future cancels every task that is not done.</remarks>
    public static Future<T[]> Gather<T>(params ReadOnlySpan<Coroutine<T>> coroutines)
    {
        EventLoop loop = EventLoop.Running;
        var tasks = new Future[coroutines.Length];
        for (int i = 0; i < tasks.Length; i++)
        {
            tasks[i] = loop.CreateTask(coroutines[i]);
        }

        return GatherFuture<T[]>.Create(loop, tasks, Results<T>, keepErrors: false);
    }

    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{Coroutine{T}})"/>
    public static Future<T[]> Gather<T>(IEnumerable<Coroutine<T>> coroutines) => Gather([.. coroutines]);

    /// <summary>Waits for tasks together. As for coroutines; a task given twice has two places in the
    /// results.</summary>
    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{Coroutine{T}})"/>
    public static Future<T[]> Gather<T>(params ReadOnlySpan<LoopTask<T>> tasks) =>
        GatherFuture<T[]>.Create(EventLoop.Running, Futures(tasks), Results<T>, keepErrors: false);

    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{LoopTask{T}})"/>
    public static Future<T[]> Gather<T>(IEnumerable<LoopTask<T>> tasks) => Gather([.. tasks]);

    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{LoopTask{T}})"/>
    public static Future<T[]> Gather<T>(params ReadOnlySpan<Future<T>> futures) =>
        GatherFuture<T[]>.Create(EventLoop.Running, Futures(futures), Results<T>, keepErrors: false);

    /// <summary>Runs coroutines without results side by side. asyncio: <c>gather</c>.</summary>
    /// <returns>A future that ends when all have ended, or with the first error.</returns>
    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{Coroutine{T}})"/>
    public static Future Gather(params ReadOnlySpan<Coroutine> coroutines)
    {
        EventLoop loop = EventLoop.Running;
        var tasks = new Future[coroutines.Length];
        for (int i = 0; i < tasks.Length; i++)
        {
            tasks[i] = loop.CreateTask(coroutines[i]);
        }

        return GatherFuture<VoidResult>.Create(loop, tasks, static _ => default, keepErrors: false);
    }

    /// <inheritdoc cref="Gather(ReadOnlySpan{Coroutine})"/>
    public static Future Gather(IEnumerable<Coroutine> coroutines) => Gather([.. coroutines]);

    /// <summary>Waits for futures of any kind together, and drops their results.</summary>
    /// <inheritdoc cref="Gather(ReadOnlySpan{Coroutine})"/>
    public static Future Gather(params ReadOnlySpan<Future> futures) =>
        GatherFuture<VoidResult>.Create(EventLoop.Running, futures.ToArray(), static _ => default, keepErrors: false);

    /// <inheritdoc cref="Gather(ReadOnlySpan{Future})"/>
    public static Future Gather(IEnumerable<Future> futures) => Gather([.. futures]);

    /// <summary>Waits for every task, and returns how each ended. asyncio: <c>gather(…,
    /// return_exceptions=True)</c>.</summary>
    /// <returns>A future of the outcomes, in the order given. It fails only when it is cancelled.</returns>
    /// <remarks>Loop thread only. Cancelling the future cancels every task that is not done.</remarks>
    public static Future<Outcome<T>[]> GatherOutcomes<T>(params ReadOnlySpan<LoopTask<T>> tasks) =>
        GatherFuture<Outcome<T>[]>.Create(
            EventLoop.Running,
            Futures(tasks),
            static children => Array.ConvertAll(children, Outcome<T>.Of),
            keepErrors: true);

    /// <inheritdoc cref="GatherOutcomes{T}(ReadOnlySpan{LoopTask{T}})"/>
    public static Future<Outcome<T>[]> GatherOutcomes<T>(params ReadOnlySpan<Coroutine<T>> coroutines)
    {
        EventLoop loop = EventLoop.Running;
        var tasks = new LoopTask<T>[coroutines.Length];
        for (int i = 0; i < tasks.Length; i++)
        {
            tasks[i] = loop.CreateTask(coroutines[i]);
        }

        return GatherOutcomes(tasks);
    }

    /// <inheritdoc cref="GatherOutcomes{T}(ReadOnlySpan{LoopTask{T}})"/>
    public static Future<Outcome[]> GatherOutcomes(params ReadOnlySpan<Future> futures) =>
        GatherFuture<Outcome[]>.Create(
            EventLoop.Running,
            futures.ToArray(),
            static children => Array.ConvertAll(children, Outcome.Of),
            keepErrors: true);

    private static Future[] Futures<TFuture>(ReadOnlySpan<TFuture> futures)
        where TFuture : Future
    {
        var all = new Future[futures.Length];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = futures[i];
        }

        return all;
    }

    private static T[] Results<T>(Future[] children) =>
        Array.ConvertAll(children, static child => ((IFutureResult<T>)child).Result);
}
