using System.Runtime.CompilerServices;

namespace Gyre.Polling;

// io_uring's three system calls, by their numbers: no C library has wrappers for them, and the numbers are the
// same on all architectures.
// SAFETY: each wrapper hands the kernel pointers that the caller vouches for.
internal static unsafe partial class Libc
{
    public const uint UringEnterGetEvents = 1u << 0;
    public const uint UringEnterExtendedArgument = 1u << 3;

    public const uint UringRegisterProbe = 8;
    public const uint UringRegisterEnable = 12;
    public const uint UringRegisterBufferRing = 22;

    private const int SystemCallUringSetup = 425;
    private const int SystemCallUringEnter = 426;
    private const int SystemCallUringRegister = 427;

    private const int ProtectionReadWrite = 3;
    private const int MapSharedPopulated = 0x8001;
    private const int MapPrivateAnonymous = 0x22;

    /// <summary>Makes a ring.</summary>
    /// <returns>Its descriptor, close-on-exec, or minus an <see cref="Errno"/>.</returns>
    public static int UringSetup(uint entries, UringParameters* parameters) =>
        (int)Check(syscall(SystemCallUringSetup, (nint)entries, (nint)parameters, 0, 0, 0, 0));

    /// <summary>Submits requests and waits for completions.</summary>
    /// <param name="ring">The ring's descriptor.</param>
    /// <param name="submit">How many requests to take from the queue.</param>
    /// <param name="wait">How many completions to wait for.</param>
    /// <param name="flags">Of the constants above.</param>
    /// <param name="argument">The timeout, or null.</param>
    /// <returns>How many requests were taken, or minus an <see cref="Errno"/> when none was.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int UringEnter(int ring, uint submit, uint wait, uint flags, UringWaitArgument* argument)
    {
        int size = argument is null ? 0 : sizeof(UringWaitArgument);
        return (int)Check(syscall(
            SystemCallUringEnter, ring, (nint)submit, (nint)wait, (nint)flags, (nint)argument, size));
    }

    public static int UringRegister(int ring, uint operation, void* argument, uint count) =>
        (int)Check(syscall(SystemCallUringRegister, ring, (nint)operation, (nint)argument, (nint)count, 0, 0));

    /// <summary>Maps a part of a ring.</summary>
    /// <returns>The address, or minus an <see cref="Errno"/>.</returns>
    public static nint MapShared(int descriptor, nuint length, nint offset) =>
        Check(mmap(null, length, ProtectionReadWrite, MapSharedPopulated, descriptor, offset));

    /// <summary>Gets memory of whole pages, all zero.</summary>
    /// <returns>The address, or minus an <see cref="Errno"/>.</returns>
    public static nint MapMemory(nuint length) =>
        Check(mmap(null, length, ProtectionReadWrite, MapPrivateAnonymous, -1, 0));

    public static int UnmapMemory(nint address, nuint length) => Check(munmap(address, length));
}
