using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling;

/// <summary>The system call that sends a file's bytes without carrying them through the program:
/// sendfile(2).</summary>
public static class FileTransmission
{
    /// <summary>The most bytes that one call is asked for. More would hold up the loop while the file is read from
    /// its disk.</summary>
    public const int CountMax = 1024 * 1024;

    /// <summary>Whether this system has the call. Linux on x64 and arm64.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux()
        && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Sends as many bytes of a file as a socket takes at once.</summary>
    /// <param name="socket">A connected stream socket. It must not block, or the call does.</param>
    /// <param name="file">The file, open for reading. Its position does not matter, and stays.</param>
    /// <param name="offset">Where to begin in it.</param>
    /// <param name="count">How many bytes at the most; above <see cref="CountMax"/> it stands for that.</param>
    /// <param name="error"><see cref="SocketError.Success"/>; <see cref="SocketError.WouldBlock"/> when the socket takes
    /// nothing now; <see cref="SocketError.OperationNotSupported"/> when this file cannot be sent in this way, and must
    /// be read and sent by the program; or why the connection does not take it.</param>
    /// <returns>How many bytes were sent, perhaps fewer than asked for. 0 without an error: the file has nothing at
    /// <paramref name="offset"/> or behind it.</returns>
    /// <remarks>Any thread. Costs one system call. It waits for the disk when the bytes are not in memory.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> or <paramref name="count"/> is
    /// negative, or <paramref name="count"/> is zero.</exception>
    /// <exception cref="ObjectDisposedException">A handle is closed.</exception>
    public static int TrySend(SafeHandle socket, SafeFileHandle file, long offset, long count, out SocketError error)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(file);
        CheckRange(offset, count);
        if (!IsSupported)
        {
            error = SocketError.OperationNotSupported;
            return 0;
        }

        int result = (int)Libc.SendFile(socket, file, offset, (int)Math.Min(count, CountMax));
        error = ToError(result);
        return Math.Max(result, 0);
    }

    internal static void CheckRange(long offset, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
    }

    /// <summary>What a result of the call means.</summary>
    /// <param name="result">The bytes sent, or minus an <see cref="Errno"/>.</param>
    internal static SocketError ToError(int result) => -result switch
    {
        <= 0 => SocketError.Success,

        // A signal came before the first byte: whoever waits for room tries again at once.
        Errno.Interrupted => SocketError.WouldBlock,

        // The file, or its file system, cannot give pages; or, of the call itself, the sandbox does not let it through.
        Errno.Invalid or Errno.NotImplemented or Errno.IllegalSeek or Errno.NotSupported or Errno.Overflow
            or Errno.NotPermitted or Errno.AccessDenied => SocketError.OperationNotSupported,
        int errno => Errno.ToSocketError(errno),
    };
}
