namespace Gyre;

/// <summary>The future and timer behind <c>Aio.Sleep</c>.</summary>
internal static class Sleeping
{
    public static async Coroutine Sleep(TimeSpan delay)
    {
        EventLoop loop = EventLoop.Running;
        if (delay <= TimeSpan.Zero)
        {
            await new YieldAwaitable(loop);
            return;
        }

        var wait = new SleepFuture(loop);
        wait.Start(delay);
        try
        {
            await wait;
        }
        finally
        {
            wait.Stop();
        }
    }

    public static async Coroutine<T> Sleep<T>(TimeSpan delay, T result)
    {
        await Sleep(delay);
        return result;
    }
}
