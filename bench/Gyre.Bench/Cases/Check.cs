namespace Gyre.Bench;

/// <summary>A benchmark that does not do what it says is worth nothing.</summary>
internal static class Check
{
    public static void Equal(long expected, long actual)
    {
        if (expected != actual)
        {
            throw new InvalidOperationException($"The case went wrong: {actual} instead of {expected}.");
        }
    }
}
