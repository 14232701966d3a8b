using System.Runtime.ExceptionServices;

namespace Gyre;

/// <summary>Notices when a request to cancel that was sent by a token, or to plain code, arrives in a coroutine as an
/// exception.</summary>
/// <remarks>
/// A call of the BCL may end well although its token was cancelled: the two cross. Then nothing was delivered, and the
/// request has to wait for the next await. The awaiter that would tell is out of reach: the compiler calls it. What
/// it throws is seen by every observer of first-chance exceptions, on the thread that runs the step.
/// </remarks>
internal static class TokenDelivery
{
    private static int s_watching;

    /// <summary>Starts to watch. It costs nothing until something is thrown, and begins when a token is first used
    /// so.</summary>
    public static void Watch()
    {
        // Any loop's thread may come here first; only one of them subscribes.
        if (Volatile.Read(ref s_watching) == 0 && Interlocked.Exchange(ref s_watching, 1) == 0)
        {
            AppDomain.CurrentDomain.FirstChanceException += OnThrown;
        }
    }

    private static void OnThrown(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        // What plain code throws while it goes on is still inside that code: it may catch it.
        if (thrown.Exception is OperationCanceledException cancellation
            && EventLoop.RunningOrNull is { CurrentWork: LoopTask task } loop
            && (loop.PlainPart as ForeignWait)?.Task != task)
        {
            task.OnRequestHeard(cancellation);
        }
    }
}
