using System.Diagnostics;

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

    /// <summary>Suspends the running task until the future is done.</summary>
    public static void Suspend(Future future, CoroutineBox leaf) =>
        ((LoopTask)future.Loop.CurrentWork!).SuspendOn(future, leaf);

    /// <summary>Throws, in place of the result, a cancellation that found nothing to cancel when it was
    /// requested.</summary>
    [StackTraceHidden]
    public static void ThrowIfInjected(EventLoop loop)
    {
        if (loop.Injected is { } injected)
        {
            loop.Injected = null;
            throw injected;
        }
    }

    /// <summary>Lets plain <c>async Task</c> code await a future, on the loop's thread.</summary>
    public static void OnCompleted(Future future, Action continuation) => PlainWait.Begin(future, continuation);
}
