using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>The system's call that turns names into addresses: getaddrinfo(3).</summary>
public static class AddressInfo
{
    // The same in glibc and musl, but for those that only glibc has.
    private const int BadFlags = -1;
    private const int NoName = -2;
    private const int TryAgain = -3;
    private const int NoData = -5;
    private const int UnknownFamily = -6;
    private const int UnknownSocketType = -7;
    private const int UnknownService = -8;
    private const int NoAddressOfFamily = -9;
    private const int NoMemory = -10;

    private const int InterNetwork = 2;
    private const int InterNetworkV6 = 10;

    /// <summary>Whether this system has the call in the form that is known here: 64-bit Linux.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Looks names up. Waits for servers.</summary>
    /// <param name="host">A name or an address; null for this machine.</param>
    /// <param name="service">A name or a number; null for none.</param>
    /// <param name="family"><see cref="AddressFamily.Unspecified"/>, IPv4 or IPv6.</param>
    /// <param name="type"><see cref="SocketType.Unknown"/> for all.</param>
    /// <param name="protocol"><see cref="ProtocolType.Unspecified"/> for all.</param>
    /// <param name="flags">The system's own: 1 passive, 2 canonical name, 4 numeric host, 8 IPv4 mapped, 16 all, 32
    /// configured families only, 1024 numeric service.</param>
    /// <param name="found">The answer, in the system's order of preference; empty after an error. The canonical name is
    /// empty but in the first, and there too unless it was asked for.</param>
    /// <returns><see cref="SocketError.Success"/>; or <see cref="SocketError.HostNotFound"/>,
    /// <see cref="SocketError.TryAgain"/>, <see cref="SocketError.TypeNotFound"/> (the service),
    /// <see cref="SocketError.SocketNotSupported"/>, <see cref="SocketError.AddressFamilyNotSupported"/>,
    /// <see cref="SocketError.InvalidArgument"/> (the flags), <see cref="SocketError.NoBufferSpaceAvailable"/> or
    /// <see cref="SocketError.NoRecovery"/>.</returns>
    /// <remarks>Any thread.</remarks>
    /// <exception cref="PlatformNotSupportedException"><see cref="IsSupported"/> is false.</exception>
    // SAFETY: the list is the C library's until it is freed, which is the last thing done with it; addresses and names are
    // copied out of it before.
    public static unsafe SocketError Get(
        string? host,
        string? service,
        AddressFamily family,
        SocketType type,
        ProtocolType protocol,
        int flags,
        out (SocketType Type, ProtocolType Protocol, string CanonicalName, IPEndPoint EndPoint)[] found)
    {
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException("Addresses of names cannot be asked for here.");
        }

        found = [];
        AddressHints hints = default;
        hints.Flags = flags;
        hints.SocketType = type == SocketType.Unknown ? 0 : (int)type;
        hints.Protocol = (int)protocol;
        switch (family)
        {
            case AddressFamily.Unspecified:
                break;
            case AddressFamily.InterNetwork:
                hints.Family = InterNetwork;
                break;
            case AddressFamily.InterNetworkV6:
                hints.Family = InterNetworkV6;
                break;
            default:
                return SocketError.AddressFamilyNotSupported;
        }

        AddressHints* list = null;
        int result = Libc.GetAddressInfo(host, service, &hints, &list);
        if (result != 0)
        {
            return ErrorOf(result);
        }

        try
        {
            found = Copy(list);
            return SocketError.Success;
        }
        finally
        {
            Libc.FreeAddressInfo(list);
        }
    }

    // SAFETY: the list is the C library's, and is not freed before this returns; each item says how long its address is.
    private static unsafe (SocketType, ProtocolType, string, IPEndPoint)[] Copy(AddressHints* list)
    {
        var template = new IPEndPoint(IPAddress.Any, 0);
        List<(SocketType, ProtocolType, string, IPEndPoint)> found = [];
        for (AddressHints* item = list; item is not null; item = item->Next)
        {
            if (item->Family is not (InterNetwork or InterNetworkV6))
            {
                continue;
            }

            var address = new SocketAddress(
                item->Family == InterNetwork ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6,
                (int)item->AddressLength);
            new ReadOnlySpan<byte>(item->Address, (int)item->AddressLength).CopyTo(address.Buffer.Span);
            found.Add((
                (SocketType)item->SocketType,
                (ProtocolType)item->Protocol,
                Marshal.PtrToStringUTF8((nint)item->CanonicalName) ?? "",
                (IPEndPoint)template.Create(address)));
        }

        return [.. found];
    }

    private static SocketError ErrorOf(int result) => result switch
    {
        BadFlags => SocketError.InvalidArgument,
        NoName or NoData or NoAddressOfFamily => SocketError.HostNotFound,
        TryAgain => SocketError.TryAgain,
        UnknownFamily => SocketError.AddressFamilyNotSupported,
        UnknownSocketType => SocketError.SocketNotSupported,
        UnknownService => SocketError.TypeNotFound,
        NoMemory => SocketError.NoBufferSpaceAvailable,
        _ => SocketError.NoRecovery,
    };
}
