using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Gyre;

/// <summary>A bounded queue between loops, and between loops and threads: first in, first out.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <remarks>
/// <para>Any thread. What waits must run on a loop, whichever; <see cref="TryPut"/> and <see cref="TryGet"/> need
/// none. Who waits is woken in the order of arrival. A waiting loop is woken once for each time it waits, however many
/// items come meanwhile.</para>
/// <para>Between tasks of one loop <see cref="LoopQueue{T}"/> is faster. asyncio has no counterpart.</para>
/// </remarks>
// A wake-up is a hint, as in LoopQueue: items change hands only in TryPut and TryGet, on the thread of who calls
// them. So a cancelled waiter cannot take an item with it. It can only take a hint, and hands that on.
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class SharedQueue<T>
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _items = new();
    private readonly LinkedList<SharedWaiter> _getters = new();
    private readonly LinkedList<SharedWaiter> _putters = new();
    private bool _shutDown;

    /// <summary>Makes a queue.</summary>
    /// <param name="maxSize">How many items it holds at most, at least 1.</param>
    public SharedQueue(int maxSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSize, 1);
        MaxSize = maxSize;
    }

    /// <summary>How many items the queue holds at most.</summary>
    public int MaxSize { get; }

    /// <summary>How many items are in the queue at this moment.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _items.Count;
            }
        }
    }

    /// <summary>Whether <see cref="Shutdown"/> was called.</summary>
    public bool IsShutDown
    {
        get
        {
            lock (_lock)
            {
                return _shutDown;
            }
        }
    }

    /// <summary>Puts an item into the queue if there is room. Never waits.</summary>
    /// <param name="item">The item.</param>
    /// <returns>False when the queue is full, and the item is not in it.</returns>
    /// <exception cref="QueueShutDownException">The queue was shut down.</exception>
    public bool TryPut(T item)
    {
        SharedWaiter? getter;
        lock (_lock)
        {
            if (_shutDown)
            {
                throw new QueueShutDownException("The queue was shut down: nothing can be put into it.");
            }

            if (_items.Count == MaxSize)
            {
                return false;
            }

            _items.Enqueue(item);
            getter = TakeUnderLock(_getters);
        }

        Wake(getter, _getters);
        return true;
    }

    /// <summary>Removes the first item if there is one. Never waits.</summary>
    /// <param name="item">The item, or the default value.</param>
    /// <returns>False when the queue is empty.</returns>
    /// <exception cref="QueueShutDownException">The queue is empty and was shut down.</exception>
    public bool TryGet([MaybeNullWhen(false)] out T item)
    {
        SharedWaiter? putter;
        lock (_lock)
        {
            if (!_items.TryDequeue(out item))
            {
                return !_shutDown ? false : throw new QueueShutDownException(
                    "The queue was shut down, and its last item is gone.");
            }

            putter = TakeUnderLock(_putters);
        }

        Wake(putter, _putters);
        return true;
    }

    /// <summary>Puts an item into the queue, and waits for room first when it is full.</summary>
    /// <param name="item">The item.</param>
    /// <remarks>On the thread of any running loop. Does not yield when there is room. On cancel: the item is not
    /// put (G-63).</remarks>
    /// <exception cref="QueueShutDownException">The queue was shut down, before or while this
    /// waited.</exception>
    public async Coroutine PutAsync(T item)
    {
        while (!TryPut(item))
        {
            await WaitAsync(_putters);
        }
    }

    /// <summary>Waits for an item and removes it.</summary>
    /// <remarks>On the thread of any running loop. Does not yield when there is one. On cancel: no item is removed
    /// (G-63).</remarks>
    /// <exception cref="QueueShutDownException">The queue is empty and was shut down, before or while this
    /// waited.</exception>
    public async Coroutine<T> GetAsync()
    {
        T? item;
        while (!TryGet(out item))
        {
            await WaitAsync(_getters);
        }

        return item;
    }

    /// <summary>Ends the queue: nothing more can be put; what is inside can still be got.</summary>
    /// <param name="immediate">Whether to drop what is inside, too.</param>
    /// <remarks>All who wait are woken; when their turn comes, they get what is left or a
    /// <see cref="QueueShutDownException"/>. Calling it again is allowed.</remarks>
    public void Shutdown(bool immediate = false)
    {
        SharedWaiter[] waiters;
        lock (_lock)
        {
            _shutDown = true;
            if (immediate)
            {
                _items.Clear();
            }

            waiters = [.. _getters, .. _putters];
            _getters.Clear();
            _putters.Clear();
            foreach (SharedWaiter waiter in waiters)
            {
                waiter.IsWokenUnderLock = true;
            }
        }

        foreach (SharedWaiter waiter in waiters)
        {
            // That one's loop is closed is no matter: everybody is woken.
            waiter.TryWake();
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{nameof(SharedQueue<>)} [count: {Count}/{MaxSize}{(IsShutDown ? ", shut down]" : "]")}";
}
