namespace Gyre;

public static partial class Aio
{
    /// <summary>Makes an async iterator known to the running loop, so that it is closed even if its user leaves it
    /// half-way. asyncio: the hooks for asynchronous generators.</summary>
    /// <param name="source">Anything that <c>await foreach</c> takes; it is begun with the first step of each
    /// enumeration.</param>
    /// <returns>The same items.</returns>
    /// <remarks>
    /// <para><c>await foreach</c> disposes of what it enumerates and does not need this. It is for enumerators that are moved
    /// by hand, kept in fields, and passed on.</para>
    /// <para>Loop thread only. An enumeration that was begun and not disposed of is closed, which runs its
    /// <c>finally</c> blocks, by <c>loop.ShutdownAsyncgens()</c>, so at the end of <see cref="Run(Coroutine,
    /// EventLoopOptions?)"/>; and in a task of its own when the garbage collector finds that it was dropped.</para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">An enumeration is begun where no loop runs.</exception>
    public static IAsyncEnumerable<T> Iterate<T>(IAsyncEnumerable<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new TrackedSequence<T>(source);
    }
}
