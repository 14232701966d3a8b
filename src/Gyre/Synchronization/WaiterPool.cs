namespace Gyre;

/// <summary>The waiters of a thread that are free, the last one first.</summary>
internal static class WaiterPool
{
    private const int CountMax = 256;

    [ThreadStatic]
    private static LoopWaiter? t_first;

    [ThreadStatic]
    private static int t_count;

    /// <summary>A waiter that is in no list, for a task of this loop.</summary>
    public static LoopWaiter Take(EventLoop loop)
    {
        if (t_first is not { } waiter)
        {
            return new LoopWaiter(loop);
        }

        if (waiter.Loop != loop)
        {
            // The thread has another loop now: those of the one before are of no use to it.
            (t_first, t_count) = (null, 0);
            return new LoopWaiter(loop);
        }

        t_first = waiter.Next;
        t_count--;
        waiter.Next = null;
        return waiter;
    }

    /// <summary>Gives back a waiter that was woken, has left its list, and whose task has been resumed: nobody else
    /// holds it.</summary>
    public static void Return(LoopWaiter waiter)
    {
        if (t_count == CountMax || EventLoop.AnyDebug || (t_first is { } first && first.Loop != waiter.Loop))
        {
            return;
        }

        waiter.Forget();
        waiter.Next = t_first;
        t_first = waiter;
        t_count++;
    }
}
