using System.Runtime.CompilerServices;

namespace Gyre;

// As the tuples of Gather: C# has no variadic generics.
public static partial class Aio
{
    /// <summary>Runs coroutines, and waits for tasks and futures, side by side, whose results are of different types, and
    /// returns how each ended. asyncio: <c>gather(…, return_exceptions=True)</c>.</summary>
    /// <returns>A future of the outcomes as a tuple: <c>var (a, b) = await Aio.GatherOutcomes(x, y);</c> It fails only
    /// when it is cancelled.</returns>
    /// <inheritdoc cref="GatherOutcomes{T}(ReadOnlySpan{Coroutine{T}})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(Outcome<T1>, Outcome<T2>)> GatherOutcomes<T1, T2>(
        IAwaitable<T1> first, IAwaitable<T2> second)
    {
        EventLoop loop = EventLoop.Running;
        return OutcomeTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second)],
            static all => (Outcome<T1>.Of(all[0]), Outcome<T2>.Of(all[1])));
    }

    /// <inheritdoc cref="GatherOutcomes{T1, T2}(IAwaitable{T1}, IAwaitable{T2})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(Outcome<T1>, Outcome<T2>, Outcome<T3>)> GatherOutcomes<T1, T2, T3>(
        IAwaitable<T1> first, IAwaitable<T2> second, IAwaitable<T3> third)
    {
        EventLoop loop = EventLoop.Running;
        return OutcomeTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second), FutureOf(loop, third)],
            static all => (Outcome<T1>.Of(all[0]), Outcome<T2>.Of(all[1]), Outcome<T3>.Of(all[2])));
    }

    /// <inheritdoc cref="GatherOutcomes{T1, T2}(IAwaitable{T1}, IAwaitable{T2})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(Outcome<T1>, Outcome<T2>, Outcome<T3>, Outcome<T4>)>
        GatherOutcomes<T1, T2, T3, T4>(
            IAwaitable<T1> first, IAwaitable<T2> second, IAwaitable<T3> third, IAwaitable<T4> fourth)
    {
        EventLoop loop = EventLoop.Running;
        return OutcomeTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second), FutureOf(loop, third), FutureOf(loop, fourth)],
            static all => (Outcome<T1>.Of(all[0]), Outcome<T2>.Of(all[1]), Outcome<T3>.Of(all[2]),
                Outcome<T4>.Of(all[3])));
    }

    /// <inheritdoc cref="GatherOutcomes{T1, T2}(IAwaitable{T1}, IAwaitable{T2})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(Outcome<T1>, Outcome<T2>, Outcome<T3>, Outcome<T4>, Outcome<T5>)>
        GatherOutcomes<T1, T2, T3, T4, T5>(
            IAwaitable<T1> first,
            IAwaitable<T2> second,
            IAwaitable<T3> third,
            IAwaitable<T4> fourth,
            IAwaitable<T5> fifth)
    {
        EventLoop loop = EventLoop.Running;
        return OutcomeTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second), FutureOf(loop, third), FutureOf(loop, fourth),
                FutureOf(loop, fifth)],
            static all => (Outcome<T1>.Of(all[0]), Outcome<T2>.Of(all[1]), Outcome<T3>.Of(all[2]),
                Outcome<T4>.Of(all[3]), Outcome<T5>.Of(all[4])));
    }

    /// <inheritdoc cref="GatherOutcomes{T1, T2}(IAwaitable{T1}, IAwaitable{T2})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(Outcome<T1>, Outcome<T2>, Outcome<T3>, Outcome<T4>, Outcome<T5>, Outcome<T6>)>
        GatherOutcomes<T1, T2, T3, T4, T5, T6>(
            IAwaitable<T1> first,
            IAwaitable<T2> second,
            IAwaitable<T3> third,
            IAwaitable<T4> fourth,
            IAwaitable<T5> fifth,
            IAwaitable<T6> sixth)
    {
        EventLoop loop = EventLoop.Running;
        return OutcomeTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second), FutureOf(loop, third), FutureOf(loop, fourth),
                FutureOf(loop, fifth), FutureOf(loop, sixth)],
            static all => (Outcome<T1>.Of(all[0]), Outcome<T2>.Of(all[1]), Outcome<T3>.Of(all[2]),
                Outcome<T4>.Of(all[3]), Outcome<T5>.Of(all[4]), Outcome<T6>.Of(all[5])));
    }

    /// <inheritdoc cref="GatherOutcomes{T1, T2}(IAwaitable{T1}, IAwaitable{T2})"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static Future<(Outcome<T1>, Outcome<T2>, Outcome<T3>, Outcome<T4>, Outcome<T5>, Outcome<T6>, Outcome<T7>)>
        GatherOutcomes<T1, T2, T3, T4, T5, T6, T7>(
            IAwaitable<T1> first,
            IAwaitable<T2> second,
            IAwaitable<T3> third,
            IAwaitable<T4> fourth,
            IAwaitable<T5> fifth,
            IAwaitable<T6> sixth,
            IAwaitable<T7> seventh)
    {
        EventLoop loop = EventLoop.Running;
        return OutcomeTuple(
            loop,
            [FutureOf(loop, first), FutureOf(loop, second), FutureOf(loop, third), FutureOf(loop, fourth),
                FutureOf(loop, fifth), FutureOf(loop, sixth), FutureOf(loop, seventh)],
            static all => (Outcome<T1>.Of(all[0]), Outcome<T2>.Of(all[1]), Outcome<T3>.Of(all[2]),
                Outcome<T4>.Of(all[3]), Outcome<T5>.Of(all[4]), Outcome<T6>.Of(all[5]),
                Outcome<T7>.Of(all[6])));
    }

    private static Future<TTuple> OutcomeTuple<TTuple>(EventLoop loop, Future[] all, Func<Future[], TTuple> outcomes) =>
        GatherFuture<TTuple>.Create(loop, all, outcomes, keepErrors: true);
}
