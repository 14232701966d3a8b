namespace Gyre;

/// <summary>Where a thread keeps the free boxes of one coroutine method.</summary>
/// <typeparam name="TStateMachine">The method. Not its result: for a type that is a value the compiler makes code of
/// its own, which finds the thread's pool without a search.</typeparam>
internal static class BoxPool<TStateMachine>
{
    /// <summary>The thread's pool, or null when nothing has been given to it yet.</summary>
    [ThreadStatic]
    public static BoxPool? Current;
}
