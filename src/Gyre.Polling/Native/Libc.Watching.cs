using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

// SAFETY: each wrapper hands the kernel pointers that the caller vouches for, or its own locals.
internal static unsafe partial class Libc
{
    /// <summary>Receives without waiting, on sockets that block, too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ReceiveNow(int descriptor, byte* buffer, nuint length) =>
        Check(recv(descriptor, buffer, length, MessageDontWait));

    /// <summary>Sends without waiting, on sockets that block, too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint SendNow(int descriptor, byte* data, nuint length) =>
        Check(send(descriptor, data, length, MessageDontWait | MessageNoSignal));

    /// <summary>Receives a datagram without waiting.</summary>
    public static nint ReceiveFromNow(
        int descriptor, byte* buffer, nuint length, byte* address, ref int addressLength)
    {
        uint size = (uint)addressLength;
        nint result = Check(recvfrom_watched(descriptor, buffer, length, MessageDontWait, address, &size));
        addressLength = (int)size;
        return result;
    }

    /// <summary>Sends a datagram without waiting.</summary>
    public static nint SendToNow(int descriptor, byte* data, nuint length, byte* address, int addressLength) =>
        Check(sendto_watched(
            descriptor, data, length, MessageDontWait | MessageNoSignal, address, (uint)addressLength));

    [LibraryImport(Name, EntryPoint = "recvfrom")]
    private static partial nint recvfrom_watched(
        int descriptor, byte* buffer, nuint length, int flags, byte* address, uint* addressLength);

    [LibraryImport(Name, EntryPoint = "sendto")]
    private static partial nint sendto_watched(
        int descriptor, byte* data, nuint length, int flags, byte* address, uint addressLength);
}
