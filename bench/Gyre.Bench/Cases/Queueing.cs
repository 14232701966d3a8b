namespace Gyre.Bench;

/// <summary>Two tasks and two queues of one item: every get and every put waits.</summary>
internal static class Queueing
{
    public static async Coroutine PingPong(int count)
    {
        var there = new LoopQueue<int>(maxSize: 1);
        var back = new LoopQueue<int>(maxSize: 1);
        LoopTask echo = Aio.CreateTask(Echo(there, back, count / 2));
        for (int i = 0; i < count / 2; i++)
        {
            await there.PutAsync(i);
            Check.Equal(i, await back.GetAsync());
        }

        await echo;
    }

    private static async Coroutine Echo(LoopQueue<int> from, LoopQueue<int> to, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await to.PutAsync(await from.GetAsync());
        }
    }
}
