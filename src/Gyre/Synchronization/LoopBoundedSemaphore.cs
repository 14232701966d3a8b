namespace Gyre;

/// <summary>A semaphore that never has more permits than at its start: a release too many is an
/// error.</summary>
/// <remarks>Otherwise as <see cref="LoopSemaphore"/>. asyncio: <c>BoundedSemaphore</c>.</remarks>
public sealed class LoopBoundedSemaphore : LoopSemaphore
{
    private readonly int _bound;

    /// <summary>Makes a semaphore.</summary>
    /// <param name="value">The number of permits, at the start and at most. Zero or more.</param>
    public LoopBoundedSemaphore(int value = 1)
        : base(value) => _bound = value;

    /// <inheritdoc/>
    /// <exception cref="SemaphoreFullException">There are as many permits as at the start.</exception>
    public override void Release()
    {
        if (Value >= _bound)
        {
            throw new SemaphoreFullException(
                $"All {_bound} permits of the semaphore are free. Release it once for each AcquireAsync.");
        }

        base.Release();
    }
}
