namespace Gyre;

/// <summary>The free boxes of one coroutine method on one thread, the last one first.</summary>
/// <typeparam name="TStateMachine">The method. Not its result: for a type that is a value the compiler makes code of
/// its own, which finds the thread's pool without a search.</typeparam>
// An array and not a list through the boxes: a box is taken and given back with one write that the collector is
// told of, instead of three.
internal sealed class BoxPool<TStateMachine>
{
    private const int CountMax = 1024;
    private const int InitialCapacity = 4;

    [ThreadStatic]
    private static BoxPool<TStateMachine>? t_current;

    private Slot[] _slots = new Slot[InitialCapacity];
    private int _count;

    /// <summary>The thread's pool, or null when nothing has been given to it yet.</summary>
    public static BoxPool<TStateMachine>? Current => t_current;

    public static BoxPool<TStateMachine> OfThread => t_current ??= new BoxPool<TStateMachine>();

    public CoroutineBox? TryTake()
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
    public bool TryAdd(CoroutineBox box)
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

            Array.Resize(ref _slots, count * 2);
            slots = _slots;
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
