using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>The waiters of a loop that are free, the last one first.</summary>
/// <remarks>Loop thread only. The loop has it, and nobody else: what it holds goes when the loop does.</remarks>
// An array, as in BoxPool: one write that the collector is told of.
internal sealed class WaiterPool
{
    private const int CountMax = 256;
    private const int InitialCapacity = 4;

    private Slot[] _slots = new Slot[InitialCapacity];
    private int _count;

    /// <summary>A waiter that is in no list, for a task of this loop.</summary>
    public static LoopWaiter Take(EventLoop loop) =>
        Unsafe.As<WaiterPool?>(loop.WaiterSlot)?.TryTake() ?? new LoopWaiter(loop);

    /// <summary>Gives back a waiter that was woken, has left its list, and whose task has been resumed: nobody else
    /// holds it.</summary>
    public static void Return(LoopWaiter waiter)
    {
        if (EventLoop.AnyDebug)
        {
            return;
        }

        waiter.Forget();
        EventLoop loop = waiter.Loop;
        (Unsafe.As<WaiterPool?>(loop.WaiterSlot) ?? Make(loop)).Add(waiter);
    }

    private static WaiterPool Make(EventLoop loop)
    {
        var made = new WaiterPool();
        loop.WaiterSlot = made;
        return made;
    }

    private LoopWaiter? TryTake()
    {
        Slot[] slots = _slots;
        int last = _count - 1;
        if ((uint)last >= (uint)slots.Length)
        {
            return null;
        }

        _count = last;
        LoopWaiter waiter = slots[last].Waiter!;
        slots[last].Waiter = null;
        return waiter;
    }

    private void Add(LoopWaiter waiter)
    {
        if (_count == _slots.Length)
        {
            if (_count == CountMax)
            {
                return;
            }

            Array.Resize(ref _slots, _count * 2);
        }

        _slots[_count++].Waiter = waiter;
    }

    // A struct: an array of references checks the type of what is stored.
    private struct Slot
    {
        public LoopWaiter? Waiter;
    }
}
