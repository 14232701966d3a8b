namespace Gyre.Bench;

/// <summary>Tasks that let each other run.</summary>
internal static class Yielding
{
    public static async Coroutine Two(int count)
    {
        LoopTask other = Aio.CreateTask(Half(count / 2));
        await Half(count / 2);
        await other;
    }

    private static async Coroutine Half(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await Aio.Yield();
        }
    }
}
