namespace Gyre;

public sealed partial class SharedQueue<T>
{
    // Under the lock. Who waits in a list waits for this to become true.
    private bool CanGoOnUnderLock(LinkedList<SharedWaiter> list) =>
        _shutDown || (list == _getters ? _items.Count > 0 : _items.Count < MaxSize);

    private static SharedWaiter? TakeUnderLock(LinkedList<SharedWaiter> list)
    {
        if (list.First is not { } first)
        {
            return null;
        }

        list.RemoveFirst();
        first.Value.IsWokenUnderLock = true;
        return first.Value;
    }

    /// <summary>Wakes a waiter that was taken; when its loop is closed, the next one.</summary>
    private void Wake(SharedWaiter? waiter, LinkedList<SharedWaiter> list)
    {
        while (waiter is not null && !waiter.TryWake())
        {
            lock (_lock)
            {
                waiter = TakeUnderLock(list);
            }
        }
    }

    /// <summary>Hands on the hint of a waiter that will not follow it.</summary>
    private void WakeNext(LinkedList<SharedWaiter> list)
    {
        SharedWaiter? next;
        lock (_lock)
        {
            next = CanGoOnUnderLock(list) ? TakeUnderLock(list) : null;
        }

        Wake(next, list);
    }

    private async Coroutine WaitAsync(LinkedList<SharedWaiter> list)
    {
        EventLoop loop = EventLoop.Running;
        var waiter = new SharedWaiter(loop, () => WakeNext(list));
        lock (_lock)
        {
            // It may have changed since the caller looked.
            if (CanGoOnUnderLock(list))
            {
                return;
            }

            list.AddLast(waiter.Node);
        }

        // Somebody ends this wait, perhaps of this loop, perhaps not.
        loop.ForeignWaits++;
        try
        {
            await waiter;
        }
        catch
        {
            bool isWoken;
            lock (_lock)
            {
                isWoken = waiter.IsWokenUnderLock;
                if (!isWoken)
                {
                    list.Remove(waiter.Node);
                }
            }

            if (isWoken)
            {
                WakeNext(list);
            }

            throw;
        }
        finally
        {
            loop.ForeignWaits--;
        }
    }
}
