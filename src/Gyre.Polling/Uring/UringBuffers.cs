using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>The buffers that the kernel fills by itself when input arrives, and the ring through which it gets
/// them.</summary>
/// <remarks>
/// All connections share them: a connection that is idle holds none. The kernel takes them in the order of the
/// ring, so their number decides how much memory is gone through, and kept out of the cache, even when each
/// holds a few bytes only. So there are few to begin with, and twice as many each time when there were not
/// enough.
/// </remarks>
// SAFETY: the ring is a mapping that lives as long as this object; the buffers are on the pinned heap and kept
// alive by it.
internal sealed unsafe class UringBuffers : IDisposable
{
    /// <summary>What one buffer holds. Larger pieces of input are received without these buffers.</summary>
    public const int BufferSize = 8 * 1024;

    /// <summary>The number of this ring of buffers, in requests.</summary>
    public const ushort Group = 0;

    private const int InitialCount = 64;
    private const int CountMax = 512;
    private const int BlockCount = 64;
    private const int OffsetOfTail = 14;

    private readonly MappedMemory _ring;
    private readonly UringBufferEntry* _entries;
    private readonly List<byte[]> _blocks = [];
    private ushort _tail;
    private ushort _publishedTail;
    private int _count;
    private int _taken;
    private bool _disposed;

    /// <summary>Makes the ring of buffers, and registers it.</summary>
    /// <exception cref="SocketException">The kernel refused it.</exception>
    public UringBuffers(UringRing ring)
    {
        nuint length = CountMax * (nuint)sizeof(UringBufferEntry);
        _ring = new MappedMemory(Libc.MapMemory(length), length);
        _entries = (UringBufferEntry*)_ring.Address;
        var registration = new UringBufferRegistration
        {
            RingAddress = (ulong)_entries,
            Entries = CountMax,
            Group = Group,
        };
        int result = ring.Register(Libc.UringRegisterBufferRing, &registration, 1);
        if (result < 0)
        {
            _ring.Dispose();
            throw Errno.ToException(-result);
        }
    }

    /// <summary>Whether the kernel has a buffer to fill.</summary>
    public bool HasFree => _taken < _count;

    /// <summary>How many buffers there are.</summary>
    public int Count => _count;

    /// <summary>How many of them hold input that nobody has seen yet.</summary>
    public int TakenCount => _taken;

    /// <summary>Makes more buffers, unless enough are free, or there are as many as there may be.</summary>
    public void Grow()
    {
        if (_taken < _count || _count == CountMax)
        {
            return;
        }

        int end = Math.Clamp(_count * 2, InitialCount, CountMax);
        while (_count < end)
        {
            if (_count % BlockCount == 0)
            {
                _blocks.Add(GC.AllocateUninitializedArray<byte>(BlockCount * BufferSize, pinned: true));
            }

            Add(_count++);
        }
    }

    /// <summary>The kernel has filled a buffer. It is ours until it is given back.</summary>
    public void OnTaken()
    {
        _taken++;
        Debug.Assert(_taken <= _count, "The kernel fills only what it was given.");
    }

    /// <summary>The block of memory that a buffer is in, and where it begins in it.</summary>
    public byte[] Find(int id, out int offset)
    {
        offset = id % BlockCount * BufferSize;
        return _blocks[id / BlockCount];
    }

    /// <summary>Gives a buffer back. The kernel hears of it with <see cref="Publish"/>.</summary>
    public void Return(int id)
    {
        if (_disposed)
        {
            // A sink that disposes of the poller is still reading its piece.
            return;
        }

        _taken--;
        Debug.Assert(_taken >= 0, "A buffer is given back once.");
        Add(id);
    }

    /// <summary>Lets the kernel have what was given back.</summary>
    public void Publish()
    {
        if (_publishedTail != _tail)
        {
            _publishedTail = _tail;

            // Pairs with the kernel's acquire of the tail: it sees the entries as they were written.
            Volatile.Write(ref *(ushort*)((byte*)_entries + OffsetOfTail), _tail);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _ring.Dispose();
    }

    private void Add(int id)
    {
        byte[] block = Find(id, out int offset);
        UringBufferEntry* entry = _entries + (_tail & (CountMax - 1));
        entry->Address = (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block)) + (ulong)offset;
        entry->Length = BufferSize;
        entry->Id = (ushort)id;
        _tail++;
    }
}
