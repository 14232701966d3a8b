using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Gyre;

/// <summary>What the awaiters of futures share.</summary>
internal static class FutureAwaiting
{
    /// <summary>False, after it has made sure that the future can be waited for here.</summary>
    // Misuse throws here and not in Suspend: once a state machine has stored its state, an exception would
    // skip the finally blocks around the await.
    public static bool MustWait(Future future)
    {
        EventLoop loop = future.Loop;
        if (loop != EventLoop.RunningOrNull)
        {
            throw new InvalidOperationException(
                $"{future.Describe()} belongs to another loop than the one that runs here. Await its AsTask() instead.");
        }

        if (loop.CurrentWork == future)
        {
            throw new InvalidOperationException($"{future.Describe()} cannot await itself.");
        }

        return false;
    }

    /// <summary>Whether the await of a future that is done may end at once.</summary>
    // A loop counts on its own thread only. Elsewhere there is nothing to give way to.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GoesOn(Future future) =>
        EventLoop.RunningOrNull is not { } loop
        || loop != future.Loop
        || --loop.AwaitsLeft > 0
        || !loop.IsBudgetSpent();

    /// <summary>Suspends the running task until the future is done.</summary>
    public static void Suspend(Future future, CoroutineBox leaf)
    {
        if (future.IsDone)
        {
            CoroutineAwaiting.SuspendAtDone(leaf);
            return;
        }

        future.Loop.StepOwner.SuspendOn(future, leaf);
    }

    /// <summary>What the await of a future that is done throws instead of giving a result; null for none.</summary>
    // The awaiters throw it themselves, and are inlined: each frame between a throw and its catch costs 200 ns.
    public static ExceptionDispatchInfo? ToThrow(Future future) =>
        future.Loop.Injected is null && future.IsSuccessful ? null : FindToThrow(future);

    /// <summary>A cancellation that found nothing to cancel when it was requested, to be thrown in place of the
    /// result.</summary>
    public static ExceptionDispatchInfo? TakeInjected(EventLoop loop) =>
        loop.Injected is { } injected ? Take(loop, injected) : null;

    /// <summary>The same, for a coroutine written by hand, which ends with it and throws nothing.</summary>
    public static CarriedError? TakeInjectedError(EventLoop loop)
    {
        if (loop.Injected is not { } injected)
        {
            return null;
        }

        loop.Injected = null;
        return CarriedError.Capture(injected);
    }

    private static ExceptionDispatchInfo Take(EventLoop loop, Exception injected)
    {
        loop.Injected = null;
        return ExceptionDispatchInfo.Capture(injected);
    }

    private static ExceptionDispatchInfo? FindToThrow(Future future) =>
        TakeInjected(future.Loop) ?? future.TakeErrorToThrow()?.ToThrow();

    /// <summary>Lets plain <c>async Task</c> code await a future, on the loop's thread.</summary>
    public static void OnCompleted(Future future, Action continuation) => PlainWait.Begin(future, continuation);
}
