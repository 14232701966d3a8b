using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>The system's call that turns an address into names: getnameinfo(3).</summary>
public static class NameInfo
{
    private const int HostSizeMax = 1025;
    private const int ServiceSizeMax = 32;

    // The same in glibc and musl.
    private const int NoName = -2;
    private const int TryAgain = -3;

    /// <summary>Whether this system has the call in the form that is known here: Linux.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux();

    /// <summary>Looks an address up. Waits for servers.</summary>
    /// <param name="address">An address and a port.</param>
    /// <param name="flags">The system's own: 1 numeric host, 2 numeric service, 4 no domain, 8 a name is required,
    /// 16 datagrams.</param>
    /// <param name="host">The host's name or address.</param>
    /// <param name="service">The port's name or number.</param>
    /// <returns><see cref="SocketError.Success"/>; <see cref="SocketError.HostNotFound"/>,
    /// <see cref="SocketError.TryAgain"/> or <see cref="SocketError.NoRecovery"/> with empty names.</returns>
    /// <remarks>Any thread.</remarks>
    /// <exception cref="PlatformNotSupportedException"><see cref="IsSupported"/> is false.</exception>
    // SAFETY: the address is pinned, the buffers are on the stack and their lengths are given; the call writes strings
    // that end with a zero byte.
    public static unsafe SocketError Get(IPEndPoint address, int flags, out string host, out string service)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException("Names of addresses cannot be asked for here.");
        }

        SocketAddress native = address.Serialize();
        byte* hostName = stackalloc byte[HostSizeMax];
        byte* serviceName = stackalloc byte[ServiceSizeMax];
        int result;
        fixed (byte* pointer = native.Buffer.Span)
        {
            result = Libc.GetNameInfo(
                pointer, native.Size, hostName, HostSizeMax, serviceName, ServiceSizeMax, flags);
        }

        host = result == 0 ? Marshal.PtrToStringUTF8((nint)hostName)! : "";
        service = result == 0 ? Marshal.PtrToStringUTF8((nint)serviceName)! : "";
        return result switch
        {
            0 => SocketError.Success,
            TryAgain => SocketError.TryAgain,
            NoName => SocketError.HostNotFound,
            _ => SocketError.NoRecovery,
        };
    }
}
