namespace Gyre.Bench;

/// <summary>Tasks that are over at once.</summary>
internal static class Spawning
{
    private const int Batch = 1000;

    public static async Coroutine OneByOne(int count)
    {
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += await Aio.CreateTask(One());
        }

        Check.Equal(count, sum);
    }

    public static async Coroutine Batches(int count)
    {
        var tasks = new LoopTask<int>[Batch];
        long sum = 0;
        for (int done = 0; done < count; done += Batch)
        {
            for (int i = 0; i < Batch; i++)
            {
                tasks[i] = Aio.CreateTask(One());
            }

            foreach (int value in await Aio.Gather(tasks))
            {
                sum += value;
            }
        }

        Check.Equal(count, sum);
    }

    private static async Coroutine<int> One() => 1;
}
