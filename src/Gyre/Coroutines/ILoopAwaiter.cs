namespace Gyre;

/// <summary>An awaiter of this library. A coroutine that awaits it is linked to it, without a delegate.</summary>
internal interface ILoopAwaiter
{
    /// <summary>Suspends the running task at <paramref name="leaf"/> until what is awaited has ended.</summary>
    void Suspend(CoroutineBox leaf);
}
