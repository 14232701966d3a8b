using System.Runtime.InteropServices;

namespace Gyre.Polling;

// SAFETY: the wrapper hands the C library pointers that the caller vouches for.
internal static unsafe partial class Libc
{
    /// <summary>Turns an address into names.</summary>
    /// <returns>0, or one of the resolver's own error numbers, which are negative.</returns>
    public static int GetNameInfo(
        byte* address, int addressLength, byte* host, int hostLength, byte* service, int serviceLength, int flags) =>
        getnameinfo(address, (uint)addressLength, host, (uint)hostLength, service, (uint)serviceLength, flags);

    /// <summary>Turns names into addresses. The list is to be freed by <see cref="FreeAddressInfo"/>.</summary>
    /// <returns>0, or one of the resolver's own error numbers, which are negative.</returns>
    public static int GetAddressInfo(string? host, string? service, AddressHints* hints, AddressHints** list) =>
        getaddrinfo(host, service, hints, list);

    public static void FreeAddressInfo(AddressHints* list) => freeaddrinfo(list);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int getaddrinfo(
        string? host, string? service, AddressHints* hints, AddressHints** list);

    [LibraryImport(Name)]
    private static partial void freeaddrinfo(AddressHints* list);

    [LibraryImport(Name)]
    private static partial int getnameinfo(
        byte* address, uint addressLength, byte* host, uint hostLength, byte* service, uint serviceLength, int flags);
}
