namespace Gyre.Tests;

/// <summary>Waits for what only the collector can bring about.</summary>
internal static class Garbage
{
    private const int AttemptsMax = 100;

    /// <summary>Collects until something holds; the test fails when it never does.</summary>
    public static void CollectUntil(Func<bool> condition)
    {
        for (int i = 0; i < AttemptsMax && !condition(); i++)
        {
            Collect();
        }

        Assert.True(condition(), "The collector did not bring it about.");
    }

    /// <summary>Collects everything that nobody holds, and runs the finalisers.</summary>
    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
