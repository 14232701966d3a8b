namespace Gyre.Bench;

/// <summary>Bare callbacks, by one delegate each.</summary>
internal static class Callbacks
{
    public static async Coroutine AtOnce(int count)
    {
        EventLoop loop = EventLoop.Running;
        Future<bool> done = loop.CreateFuture<bool>();
        int left = count;
        Action callback = () =>
        {
            if (--left == 0)
            {
                done.SetResult(true);
            }
        };
        for (int i = 0; i < count; i++)
        {
            loop.CallSoon(callback);
        }

        await done;
    }

    public static async Coroutine Chain(int count)
    {
        EventLoop loop = EventLoop.Running;
        Future<bool> done = loop.CreateFuture<bool>();
        int left = count;
        Action callback = null!;
        callback = () =>
        {
            if (--left == 0)
            {
                done.SetResult(true);
            }
            else
            {
                loop.CallSoon(callback);
            }
        };
        loop.CallSoon(callback);
        await done;
    }
}
