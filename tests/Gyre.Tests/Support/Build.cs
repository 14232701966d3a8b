namespace Gyre.Tests;

/// <summary>How the tests were built.</summary>
public static class Build
{
    /// <summary>Why what is said of allocations holds in release builds only.</summary>
    public const string Allocates = "A debug build's state machines are classes, and its code boxes awaiters.";

#if DEBUG
    public static bool IsDebug => true;
#else
    public static bool IsDebug => false;
#endif
}
