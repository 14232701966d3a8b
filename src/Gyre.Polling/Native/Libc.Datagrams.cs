using System.Runtime.InteropServices;

namespace Gyre.Polling;

// SAFETY: each wrapper hands the kernel pointers that the caller vouches for.
internal static unsafe partial class Libc
{
    public const int SocketDatagram = 2;

    /// <summary>Receives datagrams, as many as there are and fit, without waiting.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="messages">The kernel fills them in, and writes to what they point to.</param>
    /// <param name="count">Their number.</param>
    public static int ReceiveMessages(int descriptor, KernelMessage* messages, int count) =>
        Check(recvmmsg(descriptor, messages, (uint)count, MessageDontWait, null));

    /// <summary>Sends a datagram without waiting.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="data">The datagram.</param>
    /// <param name="length">Its length.</param>
    /// <param name="address">Where to; null for the address that the socket is connected to.</param>
    /// <param name="addressLength">The address's length.</param>
    public static nint SendTo(int descriptor, byte* data, nuint length, byte* address, int addressLength) =>
        Check(sendto(descriptor, data, length, MessageNoSignal | MessageDontWait, address, (uint)addressLength));

    [LibraryImport(Name)]
    private static partial int recvmmsg(int descriptor, KernelMessage* messages, uint count, int flags, void* timeout);

    [LibraryImport(Name)]
    private static partial nint sendto(
        int descriptor, byte* data, nuint length, int flags, byte* address, uint addressLength);
}
