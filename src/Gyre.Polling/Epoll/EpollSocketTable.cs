using System.Diagnostics;

namespace Gyre.Polling;

/// <summary>The open sockets of a poller, each under a key that no other socket ever has.</summary>
/// <remarks>
/// The kernel hands a socket's key back with each of its events. Descriptors, and slots of this table, are
/// used again as soon as they are free; a key is not: its low half is the slot, its high half counts the
/// sockets. So an event of a closed socket finds nothing instead of its successor. (Such events exist: while
/// another process holds a duplicate of the descriptor, close(2) does not end its registration.)
/// </remarks>
internal sealed class EpollSocketTable
{
    /// <summary>A key that is never given to a socket; finding it finds nothing.</summary>
    public const ulong NoKey = ulong.MaxValue;

    private readonly Stack<int> _free = new();
    private EpollSocket?[] _slots = new EpollSocket?[16];
    private int _used;
    private uint _generation;

    /// <summary>How many sockets are open.</summary>
    public int Count => _used - _free.Count;

    /// <summary>Takes a socket in and gives its key.</summary>
    public ulong Add(EpollSocket socket)
    {
        if (!_free.TryPop(out int slot))
        {
            slot = _used;
            if (slot == _slots.Length)
            {
                Array.Resize(ref _slots, slot * 2);
            }

            _used++;
        }

        _slots[slot] = socket;
        return ((ulong)_generation++ << 32) | (uint)slot;
    }

    /// <summary>Lets go of a socket. Its key finds nothing from here on.</summary>
    public void Remove(ulong key)
    {
        int slot = (int)(uint)key;
        Debug.Assert(_slots[slot]?.Key == key, "A socket is removed once, under its own key.");
        _slots[slot] = null;
        _free.Push(slot);
    }

    /// <summary>The open socket with this key, or null.</summary>
    public EpollSocket? Find(ulong key)
    {
        EpollSocket?[] slots = _slots;
        uint slot = (uint)key;
        if (slot < (uint)slots.Length)
        {
            EpollSocket? socket = slots[slot];
            if (socket is not null && socket.Key == key)
            {
                return socket;
            }
        }

        return null;
    }

    /// <summary>The sockets that are open now, in no order.</summary>
    public EpollSocket[] ToArray() => [.. _slots.OfType<EpollSocket>()];
}
