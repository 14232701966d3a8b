namespace Gyre.Bench;

/// <summary>Cancelled tasks that clean up on their way out.</summary>
internal static class Cancelling
{
    private const int Deep = 3;

    private static long s_cleaned;

    public static async Coroutine ThreeDeep(int count)
    {
        s_cleaned = 0;
        var tasks = new LoopTask[count];
        for (int i = 0; i < count; i++)
        {
            tasks[i] = Aio.CreateTask(Down(Deep));
        }

        await Aio.Yield();
        foreach (LoopTask task in tasks)
        {
            task.Cancel();
        }

        (IReadOnlyCollection<LoopTask> done, _) = await Aio.Wait(tasks);
        Check.Equal(count, done.Count(task => task.IsCancelled));
        Check.Equal(count * (long)Deep, s_cleaned);
    }

    private static async Coroutine Down(int depth)
    {
        try
        {
            if (depth > 1)
            {
                await Down(depth - 1);
            }
            else
            {
                await Aio.Sleep(TimeSpan.FromHours(1));
            }
        }
        finally
        {
            s_cleaned++;
        }
    }
}
