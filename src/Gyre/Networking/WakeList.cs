namespace Gyre;

/// <summary>Coroutines that wait for one event, all of which are woken by it.</summary>
/// <remarks>On cancel: the waiter leaves the list; the others are not touched.</remarks>
internal sealed class WakeList(EventLoop loop)
{
    private readonly List<WaitFuture> _waiters = [];

    public async Coroutine WaitAsync()
    {
        var waiter = new WaitFuture(loop);
        _waiters.Add(waiter);
        try
        {
            await waiter;
        }
        finally
        {
            _waiters.Remove(waiter);
        }
    }

    public void ReleaseAll()
    {
        foreach (WaitFuture waiter in _waiters)
        {
            waiter.Release();
        }
    }
}
