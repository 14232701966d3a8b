namespace Gyre.Bench;

/// <summary>Coroutines that await coroutines.</summary>
internal static class Awaiting
{
    private const int Depth = 1000;

    public static async Coroutine Completed(int count)
    {
        for (int i = 0; i < count / Depth; i++)
        {
            Check.Equal(Depth, await Down(Depth, suspend: false));
        }
    }

    public static async Coroutine Suspended(int count)
    {
        for (int i = 0; i < count / Depth; i++)
        {
            Check.Equal(Depth, await Down(Depth, suspend: true));
        }
    }

    /// <summary>Suspends <paramref name="count"/> times at the bottom of one chain.</summary>
    public static async Coroutine Resumed(int count, int depth)
    {
        if (depth > 1)
        {
            await Resumed(count, depth - 1);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            await Aio.Yield();
        }
    }

    private static async Coroutine<int> Down(int depth, bool suspend)
    {
        if (depth > 0)
        {
            return 1 + await Down(depth - 1, suspend);
        }

        if (suspend)
        {
            await Aio.Yield();
        }

        return 0;
    }
}
