namespace Gyre.Tests;

/// <summary>What code allocates on its own thread.</summary>
internal static class Allocations
{
    private const int RoundsMax = 50;

    /// <summary>The bytes of the round that allocated the least: a pool may grow, and the runtime may compile again what has
    /// become hot, in any round but not in all.</summary>
    public static long Least(Action round)
    {
        long least = long.MaxValue;
        for (int i = 0; i < RoundsMax && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
