using System.Runtime.CompilerServices;

namespace Gyre;

// Which Gather is meant? Arguments whose results are of one type give an array, whatever kinds they are of. Different
// types give a tuple. If one of them has no result, or is a BCL task beside others, there are no results. The
// priorities say just that: each form is looked at only when the ones before it do not fit.
public static partial class Aio
{
    private const int TuplePriority = -1;
    private const int UntypedPriority = -2;

    /// <summary>Runs coroutines side by side, each in a task of its own. asyncio: <c>gather</c>.</summary>
    /// <returns>A future of their results, in the order given.</returns>
    /// <remarks>Loop thread only. The first error ends the future at once; the other tasks run on, and their
    /// errors count as seen. Cancelling the future cancels every task that is not done. Guarantee G-29.</remarks>
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

    /// <summary>Waits for tasks, futures and coroutines with results of one type. As for coroutines; one that is given
    /// twice has two places in the results.</summary>
    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{Coroutine{T}})"/>
    public static Future<T[]> Gather<T>(params ReadOnlySpan<IAwaitable<T>> awaitables)
    {
        EventLoop loop = EventLoop.Running;
        return GatherFuture<T[]>.Create(loop, Futures(loop, awaitables), Results<T>, keepErrors: false);
    }

    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{IAwaitable{T}})"/>
    public static Future<T[]> Gather<T>(IEnumerable<IAwaitable<T>> awaitables) =>
        Gather(new ReadOnlySpan<IAwaitable<T>>([.. awaitables]));

    /// <summary>Waits for BCL tasks together. As for coroutines; but cancelling the future lets go of the tasks, which
    /// run on.</summary>
    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{Coroutine{T}})"/>
    public static Future<T[]> Gather<T>(params ReadOnlySpan<Task<T>> tasks)
    {
        EventLoop loop = EventLoop.Running;
        return GatherFuture<T[]>.Create(loop, Futures(loop, tasks), Results<T>, keepErrors: false);
    }

    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{Task{T}})"/>
    public static Future<T[]> Gather<T>(params ReadOnlySpan<ValueTask<T>> tasks)
    {
        var all = new Task<T>[tasks.Length];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = tasks[i].AsTask();
        }

        return Gather(all);
    }

    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{Task{T}})"/>
    public static Future<T[]> Gather<T>(IEnumerable<Task<T>> tasks) => Gather(new ReadOnlySpan<Task<T>>([.. tasks]));

    /// <summary>Runs coroutines and waits for futures and tasks of any kind, side by side, and drops their results.
    /// asyncio: <c>gather</c>.</summary>
    /// <returns>A future that ends when all have ended, or with the first error. Of nothing at all, one that is
    /// done.</returns>
    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{Coroutine{T}})"/>
    [OverloadResolutionPriority(UntypedPriority)]
    public static Future Gather(params ReadOnlySpan<Awaitable> awaitables)
    {
        EventLoop loop = EventLoop.Running;
        return GatherFuture<VoidResult>.Create(
            loop, Futures(loop, awaitables), static _ => default, keepErrors: false);
    }

    /// <inheritdoc cref="Gather(ReadOnlySpan{Awaitable})"/>
    [OverloadResolutionPriority(UntypedPriority)]
    public static Future Gather(IEnumerable<Coroutine> coroutines)
    {
        EventLoop loop = EventLoop.Running;
        return GatherFuture<VoidResult>.Create(
            loop, Futures(loop, coroutines), static _ => default, keepErrors: false);
    }

    /// <inheritdoc cref="Gather(ReadOnlySpan{Awaitable})"/>
    [OverloadResolutionPriority(UntypedPriority)]
    public static Future Gather(IEnumerable<Future> futures) =>
        GatherFuture<VoidResult>.Create(EventLoop.Running, [.. futures], static _ => default, keepErrors: false);

    /// <inheritdoc cref="Gather(ReadOnlySpan{Awaitable})"/>
    [OverloadResolutionPriority(UntypedPriority)]
    public static Future Gather(IEnumerable<Task> tasks) => Gather([.. tasks.Select(task => (Awaitable)task)]);

    private static Future[] Futures(EventLoop loop, IEnumerable<Coroutine> coroutines)
    {
        Coroutine[] all = [.. coroutines];
        return Array.ConvertAll<Coroutine, Future>(all, coroutine => loop.CreateTask(coroutine));
    }

    private static Future[] Futures<T>(EventLoop loop, ReadOnlySpan<IAwaitable<T>> awaitables)
    {
        var all = new Future[awaitables.Length];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = FutureOf(loop, awaitables[i]);
        }

        return all;
    }

    private static Future[] Futures<T>(EventLoop loop, ReadOnlySpan<Task<T>> tasks)
    {
        var all = new Future[tasks.Length];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = BclBridge.Wrap(loop, tasks[i]);
        }

        return all;
    }

    private static Future[] Futures(EventLoop loop, ReadOnlySpan<Awaitable> awaitables)
    {
        var all = new Future[awaitables.Length];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = awaitables[i].ToFuture(loop);
        }

        return all;
    }

    private static Future FutureOf<T>(EventLoop loop, IAwaitable<T> awaitable)
    {
        ArgumentNullException.ThrowIfNull(awaitable);
        return awaitable as Future ?? awaitable.AsAwaitable().ToFuture(loop);
    }

    private static T[] Results<T>(Future[] children) => Array.ConvertAll(children, Result<T>);

    // Nearly always a task, which is asked without a search for its interface.
    private static T Result<T>(Future child) =>
        child is LoopTask<T> task ? task.Result : ((IFutureResult<T>)child).Result;
}
