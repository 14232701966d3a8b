using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Gyre;

/// <summary>A queue between tasks of one loop: first in, first out.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <remarks>
/// <para>Loop thread only. Putting waits while the queue is full, getting while it is empty; who waits is
/// served in the order of arrival (G-74). <c>await foreach</c> gets items until the queue is shut down and
/// empty.</para>
/// <para>Bound to the first loop in which somebody has to wait. asyncio: <c>Queue</c>.</para>
/// </remarks>
// A wake-up is a hint. A woken getter finds out in its turn whether the item is still there; who came first
// with TryGet may have it. Then it waits again, at the end. A woken waiter that was cancelled wakes the next
// one.
[DebuggerDisplay("{ToString(),nq}")]
public partial class LoopQueue<T> : IAsyncEnumerable<T>
{
    private readonly ItemStore<T> _items;
    private readonly WaiterList _getters;
    private readonly WaiterList _putters;
    private readonly LoopEvent _finished;
    private LoopBinding _binding;

    /// <summary>Makes a queue.</summary>
    /// <param name="maxSize">How many items it holds at most. Zero or less: any number.</param>
    public LoopQueue(int maxSize = 0)
        : this(maxSize, new FifoStore<T>())
    {
    }

    private protected LoopQueue(int maxSize, ItemStore<T> items)
    {
        _items = items;
        MaxSize = maxSize;
        _getters = new WaiterList(this);
        _putters = new WaiterList(this);
        _finished = new LoopEvent(this);
        _finished.Set();
    }

    /// <summary>How many items the queue holds at most. Zero or less: any number. asyncio:
    /// <c>maxsize</c>.</summary>
    public int MaxSize { get; }

    /// <summary>How many items are in the queue. asyncio: <c>qsize</c>.</summary>
    public int Count => _items.Count;

    /// <summary>Whether there is no item. asyncio: <c>empty</c>.</summary>
    public bool IsEmpty => _items.Count == 0;

    /// <summary>Whether there is no room. asyncio: <c>full</c>.</summary>
    public bool IsFull => MaxSize > 0 && _items.Count >= MaxSize;

    /// <summary>How many items were put into the queue and not yet reported with
    /// <see cref="TaskDone"/>.</summary>
    public int UnfinishedCount { get; private set; }

    /// <summary>Whether <see cref="Shutdown"/> was called.</summary>
    public bool IsShutDown { get; private set; }

    /// <summary>Puts an item into the queue, and waits for room first when it is full. asyncio:
    /// <c>put</c>.</summary>
    /// <remarks>Does not yield when there is room. On cancel: the item is not put (G-63).</remarks>
    /// <exception cref="QueueShutDownException">The queue was shut down, before or while this
    /// waited.</exception>
    /// <exception cref="InvalidOperationException">The queue belongs to another loop.</exception>
    public Coroutine PutAsync(T item) => Putting.Rent(this, item);

    /// <summary>Waits for an item and removes it. asyncio: <c>get</c>.</summary>
    /// <remarks>Does not yield when there is one. On cancel: no item is removed (G-63).</remarks>
    /// <exception cref="QueueShutDownException">The queue is empty and was shut down, before or while this
    /// waited.</exception>
    /// <exception cref="InvalidOperationException">The queue belongs to another loop.</exception>
    public Coroutine<T> GetAsync() => Getting.Rent(this);

    /// <summary>Puts an item into the queue if there is room. Never waits.</summary>
    /// <returns>False where <see cref="PutAsync"/> would wait: the queue is full, and the item is not in
    /// it.</returns>
    /// <remarks>asyncio: <c>put_nowait</c>, whose <c>QueueFull</c> is false here.</remarks>
    /// <exception cref="QueueShutDownException">The queue was shut down.</exception>
    public bool TryPut(T item)
    {
        _binding.AssertOnLoop();
        if (IsShutDown)
        {
            throw new QueueShutDownException("The queue was shut down: nothing can be put into it.");
        }

        if (IsFull)
        {
            return false;
        }

        _items.Add(item);
        UnfinishedCount++;
        _finished.Clear();
        _getters.ReleaseNext();
        return true;
    }

    /// <summary>Removes an item if there is one. Never waits.</summary>
    /// <param name="item">The item, or the default value.</param>
    /// <returns>False where <see cref="GetAsync"/> would wait: the queue is empty.</returns>
    /// <remarks>Takes an item even when others wait for one: they go on waiting. asyncio: <c>get_nowait</c>,
    /// whose <c>QueueEmpty</c> is false here.</remarks>
    /// <exception cref="QueueShutDownException">The queue is empty and was shut down.</exception>
    public bool TryGet([MaybeNullWhen(false)] out T item)
    {
        _binding.AssertOnLoop();
        if (IsEmpty)
        {
            if (IsShutDown)
            {
                throw new QueueShutDownException("The queue was shut down, and its last item is gone.");
            }

            item = default;
            return false;
        }

        item = _items.Take();
        _putters.ReleaseNext();
        return true;
    }

    /// <summary>Reports that the work on an item that was got is done. asyncio: <c>task_done</c>.</summary>
    /// <remarks>Once for each item. When the last one is reported, <see cref="JoinAsync"/> returns.</remarks>
    /// <exception cref="InvalidOperationException">It was called more often than items were put.</exception>
    public void TaskDone()
    {
        _binding.AssertOnLoop();
        if (UnfinishedCount == 0)
        {
            throw new InvalidOperationException(
                "Every item that was put is done already. Call TaskDone once for each item that was got.");
        }

        CountDone(1);
    }

    /// <summary>Waits until every item that was put has been got and reported with
    /// <see cref="TaskDone"/>.</summary>
    /// <remarks>Guarantee G-77. Does not yield when that is so. On cancel: nothing changes. asyncio:
    /// <c>join</c>.</remarks>
    /// <exception cref="InvalidOperationException">The queue belongs to another loop.</exception>
    public Coroutine JoinAsync() => _finished.WaitAsync();

    /// <summary>Ends the queue: nothing more can be put; what is inside can still be got. asyncio:
    /// <c>shutdown</c>.</summary>
    /// <param name="immediate">Whether to drop what is inside, too. Each dropped item counts as done.</param>
    /// <remarks>All who wait are woken; when their turn comes, they get what is left or a
    /// <see cref="QueueShutDownException"/> (G-76). Calling it again is allowed.</remarks>
    public void Shutdown(bool immediate = false)
    {
        _binding.AssertOnLoop();
        IsShutDown = true;
        if (immediate)
        {
            // TaskDone may have been called for items that are still inside.
            CountDone(Math.Min(_items.Count, UnfinishedCount));
            _items.Clear();
        }

        _getters.ReleaseAll();
        _putters.ReleaseAll();
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string text = $"{GetType().Name.Split('`')[0]} [count: {Count}";
        text += MaxSize > 0 ? $"/{MaxSize}" : "";
        text += _getters.Count > 0 ? $", getters: {_getters.Count}" : "";
        text += _putters.Count > 0 ? $", putters: {_putters.Count}" : "";
        text += UnfinishedCount > 0 ? $", unfinished: {UnfinishedCount}" : "";
        return text + (IsShutDown ? ", shut down]" : "]");
    }

    private void CountDone(int count)
    {
        UnfinishedCount -= count;
        if (UnfinishedCount == 0)
        {
            _finished.Set();
        }
    }
}
