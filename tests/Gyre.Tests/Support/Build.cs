namespace Gyre.Tests;

/// <summary>How the tests were built. A debug build's state machines are classes, and its code boxes awaiters: what is said
/// of allocations holds in release builds.</summary>
public static class Build
{
#if DEBUG
    public static bool IsDebug => true;
#else
    public static bool IsDebug => false;
#endif
}
