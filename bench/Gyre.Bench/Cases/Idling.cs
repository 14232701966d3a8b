namespace Gyre.Bench;

/// <summary>Tasks that wait for something that does not come.</summary>
internal static class Idling
{
    // What a pass has started stays until the program ends, so that its memory can be looked at.
    private static List<Future<bool>> s_kept = [];

    public static Coroutine Start(int count)
    {
        EventLoop loop = EventLoop.Running;
        s_kept = new List<Future<bool>>(count);
        for (int i = 0; i < count; i++)
        {
            Aio.CreateTask(Parked(loop));
        }

        return StartAll();
    }

    /// <summary>Ends the tasks of the last pass.</summary>
    public static void Release()
    {
        foreach (Future<bool> future in s_kept)
        {
            future.TrySetResult(true);
        }

        s_kept = [];
    }

    private static async Coroutine StartAll() => await Aio.Yield();

    private static async Coroutine Parked(EventLoop loop)
    {
        Future<bool> future = loop.CreateFuture<bool>();
        s_kept.Add(future);
        await future;
    }
}
