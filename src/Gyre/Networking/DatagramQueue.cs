using System.Net;

namespace Gyre;

/// <summary>The unsent datagrams of a transport, in the order in which they were given.</summary>
internal sealed class DatagramQueue
{
    /// <summary>What each datagram counts for beside its bytes, so that empty ones are no way around the
    /// limits.</summary>
    public const int HeaderSize = 8;

    private readonly Queue<Datagram> _datagrams = new();

    /// <summary>The bytes of all, with their headers.</summary>
    public long Size { get; private set; }

    public bool IsEmpty => _datagrams.Count == 0;

    /// <summary>The one that is sent next. The queue must not be empty.</summary>
    public Datagram First => _datagrams.Peek();

    public void Append(ReadOnlySpan<byte> data, EndPoint? remote)
    {
        // The system may read it while it is being sent, and the caller may change its address meanwhile.
        byte[] copy = GC.AllocateUninitializedArray<byte>(data.Length, pinned: true);
        data.CopyTo(copy);
        EndPoint? address = remote is IPEndPoint ip ? new IPEndPoint(ip.Address, ip.Port) : remote;
        _datagrams.Enqueue(new Datagram(copy, address));
        Size += data.Length + HeaderSize;
    }

    public void RemoveFirst() => Size -= _datagrams.Dequeue().Data.Length + HeaderSize;

    public void Clear()
    {
        _datagrams.Clear();
        Size = 0;
    }

    /// <summary>A datagram, and where it goes; null where the socket is connected.</summary>
    public readonly record struct Datagram(byte[] Data, EndPoint? Remote);
}
