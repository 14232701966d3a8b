using System.Runtime.CompilerServices;

namespace Gyre;

// Results of different types: C# has no variadic generics, so there is one method for each number of them.
public static partial class Aio
{
    /// <summary>Runs coroutines, and waits for tasks and futures, side by side, whose results are of different types.
    /// asyncio: <c>gather</c>.</summary>
    /// <returns>A future of the results as a tuple: <c>var (a, b) = await Aio.Gather(x, y);</c></returns>
    /// <inheritdoc cref="Gather{T}(ReadOnlySpan{Coroutine{T}})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(T1, T2)> Gather<T1, T2>(IAwaitable<T1> first, IAwaitable<T2> second)
    {
        EventLoop loop = EventLoop.Running;
        return GatherTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second)],
            static all => (Result<T1>(all[0]), Result<T2>(all[1])));
    }

    /// <inheritdoc cref="Gather{T1, T2}(IAwaitable{T1}, IAwaitable{T2})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(T1, T2, T3)> Gather<T1, T2, T3>(
        IAwaitable<T1> first, IAwaitable<T2> second, IAwaitable<T3> third)
    {
        EventLoop loop = EventLoop.Running;
        return GatherTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second), FutureOf(loop, third)],
            static all => (Result<T1>(all[0]), Result<T2>(all[1]), Result<T3>(all[2])));
    }

    /// <inheritdoc cref="Gather{T1, T2}(IAwaitable{T1}, IAwaitable{T2})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(T1, T2, T3, T4)> Gather<T1, T2, T3, T4>(
        IAwaitable<T1> first, IAwaitable<T2> second, IAwaitable<T3> third, IAwaitable<T4> fourth)
    {
        EventLoop loop = EventLoop.Running;
        return GatherTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second), FutureOf(loop, third), FutureOf(loop, fourth)],
            static all => (Result<T1>(all[0]), Result<T2>(all[1]), Result<T3>(all[2]), Result<T4>(all[3])));
    }

    /// <inheritdoc cref="Gather{T1, T2}(IAwaitable{T1}, IAwaitable{T2})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(T1, T2, T3, T4, T5)> Gather<T1, T2, T3, T4, T5>(
        IAwaitable<T1> first,
        IAwaitable<T2> second,
        IAwaitable<T3> third,
        IAwaitable<T4> fourth,
        IAwaitable<T5> fifth)
    {
        EventLoop loop = EventLoop.Running;
        return GatherTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second), FutureOf(loop, third), FutureOf(loop, fourth),
                FutureOf(loop, fifth)],
            static all => (Result<T1>(all[0]), Result<T2>(all[1]), Result<T3>(all[2]), Result<T4>(all[3]),
                Result<T5>(all[4])));
    }

    /// <inheritdoc cref="Gather{T1, T2}(IAwaitable{T1}, IAwaitable{T2})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(T1, T2, T3, T4, T5, T6)> Gather<T1, T2, T3, T4, T5, T6>(
        IAwaitable<T1> first,
        IAwaitable<T2> second,
        IAwaitable<T3> third,
        IAwaitable<T4> fourth,
        IAwaitable<T5> fifth,
        IAwaitable<T6> sixth)
    {
        EventLoop loop = EventLoop.Running;
        return GatherTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second), FutureOf(loop, third), FutureOf(loop, fourth),
                FutureOf(loop, fifth), FutureOf(loop, sixth)],
            static all => (Result<T1>(all[0]), Result<T2>(all[1]), Result<T3>(all[2]), Result<T4>(all[3]),
                Result<T5>(all[4]), Result<T6>(all[5])));
    }

    /// <inheritdoc cref="Gather{T1, T2}(IAwaitable{T1}, IAwaitable{T2})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(T1, T2, T3, T4, T5, T6, T7)> Gather<T1, T2, T3, T4, T5, T6, T7>(
        IAwaitable<T1> first,
        IAwaitable<T2> second,
        IAwaitable<T3> third,
        IAwaitable<T4> fourth,
        IAwaitable<T5> fifth,
        IAwaitable<T6> sixth,
        IAwaitable<T7> seventh)
    {
        EventLoop loop = EventLoop.Running;
        return GatherTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second), FutureOf(loop, third), FutureOf(loop, fourth),
                FutureOf(loop, fifth), FutureOf(loop, sixth), FutureOf(loop, seventh)],
            static all => (Result<T1>(all[0]), Result<T2>(all[1]), Result<T3>(all[2]), Result<T4>(all[3]),
                Result<T5>(all[4]), Result<T6>(all[5]), Result<T7>(all[6])));
    }

    private static Future<TTuple> GatherTuple<TTuple>(EventLoop loop, Future[] all, Func<Future[], TTuple> results) =>
        GatherFuture<TTuple>.Create(loop, all, results, keepErrors: false);
}
