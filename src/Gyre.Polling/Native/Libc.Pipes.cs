using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

// SAFETY: each wrapper hands the kernel pointers that the caller vouches for, or its own locals.
internal static unsafe partial class Libc
{
    public const short PollIn = 0x1;
    public const short PollUrgent = 0x2;
    public const short PollOut = 0x4;
    public const short PollError = 0x8;
    public const short PollHangUp = 0x10;
    public const short PollReadHangUp = 0x2000;

    public const int FlagNonBlocking = 0x800;
    public const int FlagsOfAccess = 3;
    public const int FlagReadWrite = 2;

    /// <summary>Each write stays a piece of its own (O_DIRECT), with the number that it has on x64 or on arm64.</summary>
    public static readonly int FlagPackets =
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 0x4000 : 0x10000;

    private const int EmptyPath = 0x1000;
    private const int GetFlagsCommand = 3;
    private const int SetFlagsCommand = 4;
    private const int DuplicateCommand = 1030;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Read(int descriptor, byte* buffer, nuint length) => Check(read(descriptor, buffer, length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Write(int descriptor, byte* data, nuint length) =>
        Check(write_descriptor(descriptor, data, length));

    /// <summary>What the kernel knows of an open file (statx).</summary>
    public static int DescriptorStatus(int descriptor, out KernelFileStatus status)
    {
        int number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 332 : 291;
        byte empty = 0;
        fixed (KernelFileStatus* result = &status)
        {
            *result = default;
            return (int)Check(syscall(number, descriptor, (nint)(&empty), EmptyPath, BasicAndBirth, (nint)result, 0));
        }
    }

    /// <summary>Sets an eventfd that does not block back to zero.</summary>
    public static void ReadEvent(int descriptor)
    {
        ulong count;
        _ = read(descriptor, (byte*)&count, sizeof(ulong));
    }

    /// <summary>Another descriptor of the same open file.</summary>
    public static int Duplicate(int descriptor) => Check(fcntl(descriptor, DuplicateCommand, 0));

    /// <summary>How the file is open.</summary>
    public static int GetFlags(int descriptor) => Check(fcntl(descriptor, GetFlagsCommand, 0));

    public static int SetFlags(int descriptor, int flags) => Check(fcntl(descriptor, SetFlagsCommand, flags));

    /// <summary>Waits until a descriptor is ready.</summary>
    /// <returns>How many are, or minus an <see cref="Errno"/>.</returns>
    public static int Poll(Span<PollEntry> entries, int milliseconds)
    {
        fixed (PollEntry* pointer = entries)
        {
            return Check(poll(pointer, (nuint)entries.Length, milliseconds));
        }
    }

    [LibraryImport(Name)]
    private static partial nint read(int descriptor, byte* buffer, nuint length);

    [LibraryImport(Name, EntryPoint = "write")]
    private static partial nint write_descriptor(int descriptor, byte* data, nuint length);

    // Variadic in C, as syscall.
    [LibraryImport(Name)]
    private static partial int fcntl(int descriptor, int command, nint argument);

    [LibraryImport(Name)]
    private static partial int poll(PollEntry* entries, nuint count, int milliseconds);
}
