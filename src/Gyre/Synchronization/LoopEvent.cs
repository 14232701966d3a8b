using System.Diagnostics;

namespace Gyre;

/// <summary>A flag that tasks of one loop can wait for.</summary>
/// <remarks>Loop thread only. Bound to the first loop in which somebody has to wait. asyncio:
/// <c>Event</c>.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class LoopEvent
{
    private readonly WaiterList _waiters;
    private LoopBinding _binding;

    /// <summary>Makes an event that is not set.</summary>
    public LoopEvent() => _waiters = new WaiterList(this);

    /// <summary>An event that is a part of another primitive, which names itself in descriptions.</summary>
    internal LoopEvent(object owner) => _waiters = new WaiterList(owner);

    /// <summary>Whether the event is set. asyncio: <c>is_set</c>.</summary>
    public bool IsSet { get; private set; }

    /// <summary>Sets the event and wakes every task that waits for it, in the order of arrival. asyncio:
    /// <c>set</c>.</summary>
    /// <remarks>Who has been woken goes on, even if the event is cleared before its turn (G-72).</remarks>
    public void Set()
    {
        _binding.AssertOnLoop();
        if (!IsSet)
        {
            IsSet = true;
            _waiters.WakeAll();
        }
    }

    /// <summary>Takes the flag back: who waits from now on waits for the next <see cref="Set"/>. asyncio:
    /// <c>clear</c>.</summary>
    public void Clear()
    {
        _binding.AssertOnLoop();
        IsSet = false;
    }

    /// <summary>Waits until the event is set. Does not yield when it is. asyncio: <c>wait</c>.</summary>
    /// <remarks>On cancel: nothing changes.</remarks>
    /// <exception cref="InvalidOperationException">The event belongs to another loop.</exception>
    public async Coroutine WaitAsync()
    {
        _binding.AssertOnLoop();
        if (IsSet)
        {
            return;
        }

        LoopWaiter waiter = _waiters.Add(_binding.Bind(this));
        try
        {
            await waiter;
        }
        finally
        {
            _waiters.Remove(waiter);
        }

        WaiterPool.Return(waiter);
    }

    /// <inheritdoc/>
    public override string ToString() => WaiterList.Describe("LoopEvent", IsSet ? "set" : "unset", _waiters);
}
