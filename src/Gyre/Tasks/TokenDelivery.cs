using System.Runtime.ExceptionServices;

namespace Gyre;

/// <summary>Notices when a request to cancel that was sent by a token arrives in a coroutine, as an exception of
/// the BCL.</summary>
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
        if (thrown.Exception is OperationCanceledException and not CancelledException)
        {
            (EventLoop.RunningOrNull?.CurrentWork as LoopTask)?.OnTokenHeard();
        }
    }
}
