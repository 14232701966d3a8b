namespace Gyre;

/// <summary>Releases a lock, condition or semaphore at the end of a <c>using</c> block.</summary>
/// <remarks>Made by <c>LockAsync</c> and <c>AcquireAsync</c>: <c>using (await mutex.LockAsync()) { … }</c>.
/// asyncio: what
/// <c>async with lock</c> does on its way out.</remarks>
public readonly struct LoopReleaser : IDisposable
{
    private readonly IReleasable? _owner;

    internal LoopReleaser(IReleasable owner) => _owner = owner;

    /// <summary>Calls the owner's <c>Release</c>. Each call releases once more; the default value releases
    /// nothing.</summary>
    /// <remarks>Loop thread only.</remarks>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="SemaphoreFullException">A bounded semaphore was released more often than
    /// acquired.</exception>
    public void Dispose() => _owner?.Release();
}
