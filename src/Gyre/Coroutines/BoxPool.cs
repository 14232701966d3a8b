namespace Gyre;

/// <summary>The free boxes of one coroutine method on one thread, the last one first. See
/// <see cref="BoxPool{TStateMachine}"/>.</summary>
// Not generic itself: code that is generic over a state machine of the user's cannot be compiled before the program
// runs, and each such method makes the program start later.
//
// An array and not a list through the boxes: a box is taken and given back with one write that the collector is
// told of, instead of three.
internal sealed class BoxPool
{
    private const int CountMax = 1024;
    private const int InitialCapacity = 4;

    private Slot[] _slots = new Slot[InitialCapacity];
    private int _count;

    /// <summary>A box for a call that has not run; null when none is free.</summary>
    /// <param name="pool">The thread's pool; null when nothing has been given to it yet.</param>
    public static CoroutineBox? TryRent(BoxPool? pool)
    {
        CoroutineBox? box = pool?.TryTake();
        box?.MarkCreated();
        return box;
    }

    /// <summary>Gives a box back. One that is not kept is the collector's, and has nothing more to report.</summary>
    /// <param name="pool">The thread's pool, which is made on first use.</param>
    /// <param name="box">The box.</param>
    public static void Return(ref BoxPool? pool, CoroutineBox box)
    {
        if (!(pool ??= new BoxPool()).TryAdd(box))
        {
            GC.SuppressFinalize(box);
        }
    }

    private CoroutineBox? TryTake()
    {
        Slot[] slots = _slots;
        int last = _count - 1;
        if ((uint)last >= (uint)slots.Length)
        {
            return null;
        }

        _count = last;
        CoroutineBox box = slots[last].Box!;

        // Whoever drops the box is to be found out, so the pool must not hold it.
        slots[last].Box = null;
        return box;
    }

    /// <summary>False when the pool is full, or nothing is to be pooled.</summary>
    private bool TryAdd(CoroutineBox box)
    {
        if (EventLoop.AnyDebug)
        {
            return false;
        }

        Slot[] slots = _slots;
        int count = _count;
        if ((uint)count >= (uint)slots.Length)
        {
            if (count == CountMax)
            {
                return false;
            }

            // Array.Resize is generic: the runtime would have to compile it for these slots.
            slots = new Slot[count * 2];
            Array.Copy(_slots, slots, count);
            _slots = slots;
        }

        slots[count].Box = box;
        _count = count + 1;
        return true;
    }

    // A struct: an array of references checks the type of what is stored.
    private struct Slot
    {
        public CoroutineBox? Box;
    }
}
