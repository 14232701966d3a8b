using System.Runtime.CompilerServices;

namespace Gyre;

public static partial class Aio
{
    /// <summary>Runs coroutines side by side, and returns how each ended. asyncio: <c>gather(…,
    /// return_exceptions=True)</c>.</summary>
    /// <returns>A future of the outcomes, in the order given. It fails only when it is cancelled.</returns>
    /// <remarks>Loop thread only. Cancelling the future cancels every task that is not done. Guarantee G-29.</remarks>
    public static Future<Outcome<T>[]> GatherOutcomes<T>(params ReadOnlySpan<Coroutine<T>> coroutines)
    {
        EventLoop loop = EventLoop.Running;
        var tasks = new Future[coroutines.Length];
        for (int i = 0; i < tasks.Length; i++)
        {
            tasks[i] = loop.CreateTask(coroutines[i]);
        }

        return Outcomes<T>(loop, tasks);
    }

    /// <inheritdoc cref="GatherOutcomes{T}(ReadOnlySpan{Coroutine{T}})"/>
    public static Future<Outcome<T>[]> GatherOutcomes<T>(IEnumerable<Coroutine<T>> coroutines) =>
        GatherOutcomes([.. coroutines]);

    /// <summary>Waits for tasks, futures and coroutines with results of one type, and returns how each ended.</summary>
    /// <inheritdoc cref="GatherOutcomes{T}(ReadOnlySpan{Coroutine{T}})"/>
    public static Future<Outcome<T>[]> GatherOutcomes<T>(params ReadOnlySpan<IAwaitable<T>> awaitables)
    {
        EventLoop loop = EventLoop.Running;
        return Outcomes<T>(loop, Futures(loop, awaitables));
    }

    /// <inheritdoc cref="GatherOutcomes{T}(ReadOnlySpan{IAwaitable{T}})"/>
    public static Future<Outcome<T>[]> GatherOutcomes<T>(IEnumerable<IAwaitable<T>> awaitables) =>
        GatherOutcomes(new ReadOnlySpan<IAwaitable<T>>([.. awaitables]));

    /// <summary>Waits for BCL tasks, and returns how each ended. Cancelling the future lets go of the tasks, which run
    /// on.</summary>
    /// <inheritdoc cref="GatherOutcomes{T}(ReadOnlySpan{Coroutine{T}})"/>
    public static Future<Outcome<T>[]> GatherOutcomes<T>(params ReadOnlySpan<Task<T>> tasks)
    {
        EventLoop loop = EventLoop.Running;
        return Outcomes<T>(loop, Futures(loop, tasks));
    }

    /// <summary>Runs coroutines and waits for futures and tasks of any kind, side by side, and returns how each
    /// ended.</summary>
    /// <inheritdoc cref="GatherOutcomes{T}(ReadOnlySpan{Coroutine{T}})"/>
    [OverloadResolutionPriority(UntypedPriority)]
    public static Future<Outcome[]> GatherOutcomes(params ReadOnlySpan<Awaitable> awaitables)
    {
        EventLoop loop = EventLoop.Running;
        return Outcomes(loop, Futures(loop, awaitables));
    }

    /// <inheritdoc cref="GatherOutcomes(ReadOnlySpan{Awaitable})"/>
    [OverloadResolutionPriority(UntypedPriority)]
    public static Future<Outcome[]> GatherOutcomes(IEnumerable<Coroutine> coroutines)
    {
        EventLoop loop = EventLoop.Running;
        return Outcomes(loop, Futures(loop, coroutines));
    }

    /// <inheritdoc cref="GatherOutcomes(ReadOnlySpan{Awaitable})"/>
    [OverloadResolutionPriority(UntypedPriority)]
    public static Future<Outcome[]> GatherOutcomes(IEnumerable<Future> futures) =>
        Outcomes(EventLoop.Running, [.. futures]);

    private static Future<Outcome<T>[]> Outcomes<T>(EventLoop loop, Future[] children) =>
        GatherFuture<Outcome<T>[]>.Create(
            loop, children, static children => Array.ConvertAll(children, Outcome<T>.Of), keepErrors: true);

    private static Future<Outcome[]> Outcomes(EventLoop loop, Future[] children) =>
        GatherFuture<Outcome[]>.Create(
            loop, children, static children => Array.ConvertAll(children, Outcome.Of), keepErrors: true);
}
