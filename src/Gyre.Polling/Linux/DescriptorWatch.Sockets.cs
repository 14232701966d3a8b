using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

// What is tried on sockets, by direct system calls: the BCL would throw an exception for each that has to wait.
internal abstract partial class DescriptorWatch
{
    private const int AddressSizeMax = 128;

    /// <summary>The kernel told of the end, an error or urgent data: only a receive that finds nothing proves that
    /// nothing is left. Fact 2 of EpollPoller.</summary>
    protected bool IsInputSpecial { get; set; }

    // SAFETY: as the comments inside say: what the kernel gets is pinned, or on the stack, during the call.
    public sealed override unsafe int TryReceive(Socket socket, Span<byte> buffer, out SocketError error)
    {
        ThrowIfClosed(socket);
        if (!MayHaveInput)
        {
            error = SocketError.WouldBlock;
            return 0;
        }

        // SAFETY: the buffer is pinned by the statement below, and the call does not outlive that.
        nint count;
        fixed (byte* pointer = buffer)
        {
            count = Libc.ReceiveNow(Descriptor, pointer, (nuint)buffer.Length);
        }

        if (count < 0)
        {
            error = OnNoInput(count);
            return 0;
        }

        if (count > 0 && count < buffer.Length && !IsInputSpecial && IsTcp(socket))
        {
            MayHaveInput = false;
        }

        error = SocketError.Success;
        return (int)count;
    }

    // SAFETY: as the comments inside say: what the kernel gets is pinned, or on the stack, during the call.
    public sealed override unsafe int TrySend(Socket socket, ReadOnlySpan<byte> data, out SocketError error)
    {
        ThrowIfClosed(socket);

        // SAFETY: as for TryReceive.
        nint count;
        fixed (byte* pointer = data)
        {
            count = Libc.SendNow(Descriptor, pointer, (nuint)data.Length);
        }

        return OnSent(count, out error);
    }

    // SAFETY: as the comments inside say: what the kernel gets is pinned, or on the stack, during the call.
    public sealed override unsafe int TryReceiveFrom(
        Socket socket, Span<byte> buffer, out EndPoint? from, out SocketError error)
    {
        ThrowIfClosed(socket);
        from = null;
        if (!MayHaveInput)
        {
            error = SocketError.WouldBlock;
            return 0;
        }

        // SAFETY: the buffer as for TryReceive; the address is on the stack, and the kernel writes no more than the
        // length that it is given.
        byte* address = stackalloc byte[AddressSizeMax];
        int length = AddressSizeMax;
        nint count;
        fixed (byte* pointer = buffer)
        {
            count = Libc.ReceiveFromNow(Descriptor, pointer, (nuint)buffer.Length, address, ref length);
        }

        if (count < 0)
        {
            error = OnNoInput(count);
            return 0;
        }

        from = NativeAddress.Parse(new ReadOnlySpan<byte>(address, Math.Min(length, AddressSizeMax)));
        error = SocketError.Success;
        return (int)count;
    }

    // SAFETY: as the comments inside say: what the kernel gets is pinned, or on the stack, during the call.
    public sealed override unsafe int TrySendTo(
        Socket socket, ReadOnlySpan<byte> data, EndPoint to, out SocketError error)
    {
        ThrowIfClosed(socket);
        SocketAddress address = ForFamily(socket, to).Serialize();

        // SAFETY: both are pinned by the statement below; on Linux a SocketAddress holds the kernel's own layout.
        nint count;
        fixed (byte* pointer = data)
        fixed (byte* target = address.Buffer.Span)
        {
            count = Libc.SendToNow(Descriptor, pointer, (nuint)data.Length, target, address.Size);
        }

        return OnSent(count, out error);
    }

    // SAFETY: as the comments inside say: what the kernel gets is pinned, or on the stack, during the call.
    public sealed override unsafe SocketError TryConnect(Socket socket, EndPoint remote)
    {
        ThrowIfClosed(socket);
        if (socket.SocketType != SocketType.Stream || socket.AddressFamily == AddressFamily.Unix)
        {
            // Stands, or fails, at once.
            return ConnectThroughSocket(socket, remote);
        }

        // SAFETY: as for TrySendTo.
        SocketAddress address = ForFamily(socket, remote).Serialize();
        int result;
        fixed (byte* target = address.Buffer.Span)
        {
            result = Libc.Connect(Descriptor, target, address.Size);
        }

        // FinishConnect tells the BCL.
        return result == 0 ? FinishConnect(socket, remote) : Errno.ToSocketError(-result);
    }

    private static void ThrowIfClosed(Socket socket)
    {
        if (socket.SafeHandle.IsClosed)
        {
            throw new ObjectDisposedException(typeof(Socket).FullName, "The socket was closed.");
        }
    }

    private static bool IsTcp(Socket socket) =>
        socket.SocketType == SocketType.Stream && socket.AddressFamily != AddressFamily.Unix;

    /// <summary>A dual-mode socket takes IPv4 addresses in their IPv6 form.</summary>
    private static EndPoint ForFamily(Socket socket, EndPoint address) =>
        socket.AddressFamily == AddressFamily.InterNetworkV6
            && address is IPEndPoint { AddressFamily: AddressFamily.InterNetwork } v4
            ? new IPEndPoint(v4.Address.MapToIPv6(), v4.Port)
            : address;

    private static int OnSent(nint count, out SocketError error)
    {
        if (count >= 0)
        {
            error = SocketError.Success;
            return (int)count;
        }

        error = Errno.ToSocketError((int)-count);
        return 0;
    }

    private SocketError OnNoInput(nint result)
    {
        if (result == -Errno.Again)
        {
            MayHaveInput = false;
            IsInputSpecial = false;
        }

        return Errno.ToSocketError((int)-result);
    }
}
