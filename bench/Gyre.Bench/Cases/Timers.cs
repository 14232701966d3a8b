namespace Gyre.Bench;

/// <summary>Timers that fire, and timers that do not.</summary>
internal static class Timers
{
    private const int LongestMilliseconds = 1000;

    public static async Coroutine StartAndCancel(int count)
    {
        EventLoop loop = EventLoop.Running;
        Action callback = () => throw new InvalidOperationException("A cancelled timer fired.");
        for (int i = 0; i < count; i++)
        {
            loop.CallLater(TimeSpan.FromSeconds(60 + (i & 1023)), callback).Cancel();
        }

        // The loop sweeps cancelled timers in its iterations.
        await Aio.Yield();
    }

    public static async Coroutine Sleepers(int count)
    {
        var sleepers = new LoopTask[count];
        for (int i = 0; i < count; i++)
        {
            sleepers[i] = Aio.CreateTask(Aio.Sleep(TimeSpan.FromMilliseconds(1 + (i % LongestMilliseconds))));
        }

        foreach (LoopTask sleeper in sleepers)
        {
            await sleeper;
        }
    }
}
