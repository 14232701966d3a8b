using System.Runtime.InteropServices;
using System.Text;

namespace Gyre.Polling;

// SAFETY: the path ends with a zero byte, and the kernel fills in as many bytes as the structure has.
internal static unsafe partial class Libc
{
    private const int CurrentDirectory = -100;

    /// <summary>Asks for what every file has (the size, the kind, its number), and for its birth.</summary>
    private const int BasicAndBirth = 0xfff;

    /// <summary>What the kernel knows of the file that a path leads to (statx).</summary>
    /// <remarks>By its number: not every C library has a wrapper.</remarks>
    public static int FileStatus(string path, out KernelFileStatus status)
    {
        int number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 332 : 291;
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* pointer = name)
        fixed (KernelFileStatus* result = &status)
        {
            *result = default;
            return (int)Check(syscall(
                number, CurrentDirectory, (nint)pointer, 0, BasicAndBirth, (nint)result, 0));
        }
    }

    /// <summary>Has the kernel send bytes of a file.</summary>
    /// <param name="socket">The socket's descriptor.</param>
    /// <param name="file">The file. Its position does not matter, and stays.</param>
    /// <param name="offset">Where to begin in it.</param>
    /// <param name="count">How many bytes at the most.</param>
    /// <returns>How many were sent, 0 at the end of the file, or minus an <see cref="Errno"/>.</returns>
    public static nint SendFile(int socket, SafeHandle file, long offset, int count) =>
        Check(sendfile(socket, file, &offset, (nuint)count));

    /// <inheritdoc cref="SendFile(int, SafeHandle, long, int)"/>
    public static nint SendFile(SafeHandle socket, SafeHandle file, long offset, int count) =>
        Check(sendfile_handles(socket, file, &offset, (nuint)count));
}
