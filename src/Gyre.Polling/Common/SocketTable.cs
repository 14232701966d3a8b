using System.Diagnostics;

namespace Gyre.Polling;

/// <summary>The open sockets of a poller, each under a key that no other socket ever has.</summary>
/// <remarks>
/// The kernel hands a socket's key back with each of its events. Descriptors, and slots of this table, are
/// used again as soon as they are free; a key is not: its low half is the slot, its high half counts the
/// sockets. So an event of a closed socket finds nothing instead of its successor. (Such events exist: while
/// another process holds a duplicate of the descriptor, close(2) does not end its registration.)
/// </remarks>
internal sealed class SocketTable<TSocket>
    where TSocket : DescriptorSocket
{
    private const int InitialCapacity = 16;

    private TSocket?[] _slots = new TSocket?[InitialCapacity];
    private int _used;

    // The slots below _used that are empty. The last one that became so is taken first: it is the hottest.
    private int[] _free = new int[InitialCapacity];
    private int _freeCount;

    private uint _generation;

    /// <summary>How many sockets are open.</summary>
    public int Count => _used - _freeCount;

    /// <summary>Takes a socket in and gives its key.</summary>
    public ulong Add(TSocket socket)
    {
        int slot = _freeCount > 0 ? _free[--_freeCount] : TakeNewSlot();
        _slots[slot] = socket;
        return ((ulong)_generation++ << 32) | (uint)slot;
    }

    /// <summary>Lets go of a socket. Its key finds nothing from here on.</summary>
    public void Remove(ulong key)
    {
        int slot = (int)(uint)key;
        Debug.Assert(_slots[slot]?.Key == key, "A socket is removed once, under its own key.");
        _slots[slot] = null;
        _free[_freeCount++] = slot;
    }

    /// <summary>The open socket with this key, or null.</summary>
    public TSocket? Find(ulong key)
    {
        TSocket?[] slots = _slots;
        uint slot = (uint)key;
        if (slot < (uint)slots.Length)
        {
            TSocket? socket = slots[slot];
            if (socket is not null && socket.Key == key)
            {
                return socket;
            }
        }

        return null;
    }

    /// <summary>The sockets that are open now, in no order.</summary>
    public TSocket[] ToArray()
    {
        var open = new TSocket[Count];
        int count = 0;
        foreach (TSocket? socket in _slots)
        {
            if (socket is not null)
            {
                open[count++] = socket;
            }
        }

        Debug.Assert(count == open.Length, "Each slot below _used is free or holds a socket.");
        return open;
    }

    private int TakeNewSlot()
    {
        if (_used == _slots.Length)
        {
            Array.Resize(ref _slots, _used * 2);
            Array.Resize(ref _free, _used * 2);
        }

        return _used++;
    }
}
