using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>An IPv4 or IPv6 address as the kernel writes it, kept until somebody asks for an
/// <see cref="EndPoint"/>.
/// </summary>
/// <remarks>accept(2) gives the peer's address for nothing; asking later costs a system call, and fails once
/// the peer is gone.</remarks>
internal struct NativeAddress
{
    public const int FamilyUnix = 1;
    public const int FamilyInet = 2;
    public const int FamilyInet6 = 10;

    /// <summary>Room for an address of any family.</summary>
    public const int StorageSize = 128;

    private const int Inet6Size = 28;

    private const int InetSize = 16;

    private Bytes _bytes;
    private byte _length;

    /// <summary>The address of a Unix socket that is bound to nothing.</summary>
    public static EndPoint Unnamed { get; } =
        new UnixDomainSocketEndPoint("/").Create(new SocketAddress(AddressFamily.Unix, sizeof(ushort)));

    /// <summary>Accepts a connection, and keeps its address when it is short enough.</summary>
    /// <param name="descriptor">The listener.</param>
    /// <param name="peer">The connection's other end; empty when it must be asked for.</param>
    /// <returns>The connection, or minus an <see cref="Errno"/>.</returns>
    public static unsafe int Accept(int descriptor, out NativeAddress peer)
    {
        peer = default;
        // SAFETY: the kernel writes to the stack, no more than the length it is given.
        byte* storage = stackalloc byte[StorageSize];
        int length = StorageSize;
        int result = Libc.Accept(descriptor, storage, ref length);
        if (result >= 0 && length <= Inet6Size)
        {
            new ReadOnlySpan<byte>(storage, length).CopyTo(peer._bytes);
            peer._length = (byte)length;
        }

        return result;
    }

    /// <summary>Asks for the address of this end. Null when there is none.</summary>
    /// <param name="descriptor">The socket.</param>
    public static unsafe EndPoint? GetLocal(int descriptor)
    {
        // SAFETY: the kernel writes to the stack, no more than the length it is given.
        byte* storage = stackalloc byte[StorageSize];
        int length = StorageSize;
        int result = Libc.GetLocalAddress(descriptor, storage, ref length);
        return result >= 0 ? Parse(new ReadOnlySpan<byte>(storage, length)) : null;
    }

    /// <summary>Asks for the address of the other end. Null when there is none, or no longer.</summary>
    /// <param name="descriptor">The socket.</param>
    public static unsafe EndPoint? GetRemote(int descriptor)
    {
        // SAFETY: the kernel writes to the stack, no more than the length it is given.
        byte* storage = stackalloc byte[StorageSize];
        int length = StorageSize;
        int result = Libc.GetRemoteAddress(descriptor, storage, ref length);
        return result >= 0 ? Parse(new ReadOnlySpan<byte>(storage, length)) : null;
    }

    /// <summary>Writes an address in the kernel's form.</summary>
    /// <param name="endPoint">The address.</param>
    /// <param name="destination">Room for <see cref="StorageSize"/> bytes.</param>
    /// <returns>Its length.</returns>
    public static int Write(IPEndPoint endPoint, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)endPoint.Port);
        if (endPoint.AddressFamily == AddressFamily.InterNetwork)
        {
            MemoryMarshal.Write<ushort>(destination, FamilyInet);
            _ = endPoint.Address.TryWriteBytes(destination[4..], out _);
            destination[8..InetSize].Clear();
            return InetSize;
        }

        MemoryMarshal.Write<ushort>(destination, FamilyInet6);
        destination[4..8].Clear();
        _ = endPoint.Address.TryWriteBytes(destination[8..], out _);
        MemoryMarshal.Write(destination[24..], (uint)endPoint.Address.ScopeId);
        return Inet6Size;
    }

    /// <summary>The address, or null when none was kept.</summary>
    public readonly EndPoint? ToEndPoint() => Parse(((ReadOnlySpan<byte>)_bytes)[.._length]);

    /// <summary>Reads a <c>sockaddr_in</c>, <c>sockaddr_in6</c> or <c>sockaddr_un</c>. Null for anything
    /// else.</summary>
    internal static EndPoint? Parse(ReadOnlySpan<byte> address)
    {
        if (address.Length < sizeof(ushort))
        {
            return null;
        }

        switch (MemoryMarshal.Read<ushort>(address))
        {
            case FamilyInet:
                return new IPEndPoint(
                    new IPAddress(address.Slice(4, 4)), BinaryPrimitives.ReadUInt16BigEndian(address[2..]));
            case FamilyInet6:
                // The scope is in the machine's byte order, unlike the port and the address.
                return new IPEndPoint(
                    new IPAddress(address.Slice(8, 16), MemoryMarshal.Read<uint>(address[24..])),
                    BinaryPrimitives.ReadUInt16BigEndian(address[2..]));
            case FamilyUnix:
                var copy = new SocketAddress(AddressFamily.Unix, address.Length);
                address.CopyTo(copy.Buffer.Span);
                return new UnixDomainSocketEndPoint("/").Create(copy);
            default:
                return null;
        }
    }

    [InlineArray(Inet6Size)]
    private struct Bytes
    {
        private byte _first;
    }
}
