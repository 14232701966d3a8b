namespace Gyre.Polling;

/// <summary>A poller's room for the datagrams of one system call. One for all sockets: it is hot in the cache, and
/// nobody keeps it.</summary>
/// <remarks>One call takes what is there, and says by taking fewer than there is room for that nothing is left:
/// a lone datagram costs one call, and a burst a sixteenth of a call each.</remarks>
// SAFETY: everything is in one mapping that lives as long as this object; the kernel writes to the places that the
// messages point to, no more than the lengths that stand there.
internal sealed unsafe class DatagramBatch
{
    /// <summary>How many datagrams one call takes at the most.</summary>
    public const int Capacity = 16;

    /// <summary>The longest datagram that is received. Those of UDP are shorter than 64 KiB.</summary>
    public const int LengthMax = 256 * 1024;

    private const int AddressSize = NativeAddress.StorageSize;

    // A distance of a power of two would put the beginnings of all datagrams into the same lines of the cache.
    private const int Stride = LengthMax + (5 * 64);
    private const int PagesSize = 4096;

    // Pages that no datagram ever reached are never touched, and take no memory.
    private readonly MappedMemory _memory;
    private readonly KernelMessage* _messages;
    private readonly byte* _addresses;
    private readonly byte* _data;

    public DatagramBatch()
    {
        const int HeaderSize = Capacity * (64 + 16 + AddressSize);
        const int Size = (HeaderSize + (Capacity * Stride) + PagesSize - 1) / PagesSize * PagesSize;
        _memory = new MappedMemory(Libc.MapMemory(Size), Size);
        _messages = (KernelMessage*)_memory.Address;
        var vectors = (KernelVector*)(_messages + Capacity);
        _addresses = (byte*)(vectors + Capacity);
        _data = (byte*)_memory.Address + HeaderSize;
        for (int i = 0; i < Capacity; i++)
        {
            vectors[i] = new KernelVector { Address = (nint)(_data + (i * Stride)), Length = LengthMax };
            _messages[i] = new KernelMessage
            {
                Name = (nint)(_addresses + (i * AddressSize)),
                Vectors = (nint)(vectors + i),
                VectorCount = 1,
            };
        }
    }

    /// <summary>Takes what is there. What the last call took is gone then.</summary>
    /// <returns>How many datagrams, or minus an <see cref="Errno"/>.</returns>
    public int Receive(int descriptor)
    {
        for (int i = 0; i < Capacity; i++)
        {
            // The kernel has written the length of the last address here.
            _messages[i].NameLength = AddressSize;
        }

        int count = Libc.ReceiveMessages(descriptor, _messages, Capacity);
        GC.KeepAlive(_memory);
        return count;
    }

    /// <summary>A datagram of the last call.</summary>
    public ReadOnlySpan<byte> Data(int index) =>
        new(_data + (index * Stride), (int)Math.Min(_messages[index].Length, LengthMax));

    /// <summary>Who sent it: empty when the sender has no address.</summary>
    public ReadOnlySpan<byte> Address(int index) =>
        new(_addresses + (index * AddressSize), (int)Math.Min(_messages[index].NameLength, AddressSize));

    /// <summary>Whether a part of it was cut off.</summary>
    public bool IsTruncated(int index) => (_messages[index].Flags & KernelMessage.Truncated) != 0;
}
