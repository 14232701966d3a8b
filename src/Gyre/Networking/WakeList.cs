namespace Gyre;

/// <summary>Those who wait for one event, all of whom are woken by it.</summary>
/// <remarks>On cancel: the waiter leaves the list; the others are not touched.</remarks>
internal sealed class WakeList(EventLoop loop)
{
    private readonly List<WaitFuture> _waiters = [];

    public async Coroutine WaitAsync()
    {
        var waiter = new WaitFuture(loop);
        Add(waiter);
        try
        {
            await waiter;
        }
        finally
        {
            Remove(waiter);
        }
    }

    /// <summary>Adds a pending waiter. Once woken, it must be removed before it is pending again.</summary>
    public void Add(WaitFuture waiter) => _waiters.Add(waiter);

    public void Remove(WaitFuture waiter) => _waiters.Remove(waiter);

    public void ReleaseAll()
    {
        foreach (WaitFuture waiter in _waiters)
        {
            waiter.Release();
        }
    }
}
