using System.Net;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>The senders that a socket has heard of lately: one that sends again costs no allocation.</summary>
internal sealed class DatagramPeers
{
    private const int Size = 64;

    // Each address has one place. Two that share one push each other out, which costs allocations and no more.
    private readonly Peer?[] _peers = new Peer?[Size];

    /// <summary>The sender with an address.</summary>
    /// <param name="address">As the kernel wrote it. Empty for a Unix socket that is bound to nothing.</param>
    public EndPoint Find(ReadOnlySpan<byte> address)
    {
        ref Peer? place = ref _peers[Hash(address) % Size];
        if (place is null || !address.SequenceEqual(place.Address))
        {
            place = new Peer(address.ToArray(), NativeAddress.Parse(address) ?? NativeAddress.Unnamed);
        }

        return place.EndPoint;
    }

    private static uint Hash(ReadOnlySpan<byte> address)
    {
        const uint Prime = 0x9E3779B1;
        uint hash = 0;
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(address);
        foreach (uint word in words)
        {
            hash = (hash ^ word) * Prime;
        }

        foreach (byte rest in address[(words.Length * sizeof(uint))..])
        {
            hash = (hash ^ rest) * Prime;
        }

        return hash >> 16;
    }

    private sealed class Peer(byte[] address, EndPoint endPoint)
    {
        public byte[] Address => address;

        public EndPoint EndPoint => endPoint;
    }
}
