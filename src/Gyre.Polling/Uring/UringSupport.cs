using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>Finds out whether this machine's io_uring can be used, by using it.</summary>
/// <remarks>The kernel's version says little: distributions carry features back, and containers forbid the
/// calls. A ring with the flags that are needed says that the kernel is 6.1 at least, which has multishot
/// receives, and rings of buffers; the probe says whether it knows the requests; and a request that does nothing
/// says whether all three calls are allowed.</remarks>
// SAFETY: pointers are to locals, or to entries of a ring that lives in the same method.
internal static unsafe class UringSupport
{
    private const int ProbeHeaderSize = 16;
    private const int ProbeEntrySize = 8;
    private const int ProbeEntryFlagsOffset = 2;
    private const ushort ProbeIsSupported = 1;

    private static readonly UringOpcode[] s_needed =
    [
        UringOpcode.PollAdd, UringOpcode.Accept, UringOpcode.AsyncCancel, UringOpcode.Send, UringOpcode.Receive,
    ];

    private static readonly Lazy<string?> s_reason = new(static () => Try(out int error) ? null : Describe(error));

    /// <summary>Why io_uring cannot be used, or null when it can.</summary>
    /// <remarks>Found out once. Memory or descriptors that were short then are not a reason: they may be there
    /// later.</remarks>
    public static string? Reason => s_reason.Value;

    /// <summary>What a failure means, and what can be done.</summary>
    /// <param name="error">Minus an <see cref="Errno"/>.</param>
    public static string Describe(int error) => -error switch
    {
        Errno.NotImplemented =>
            "io_uring is not available: the kernel has none, or a sandbox (gVisor, a seccomp filter) hides it",
        Errno.NotPermitted or Errno.AccessDenied =>
            "io_uring is forbidden here: by a seccomp filter (as in Docker's default profile), or by "
            + $"kernel.io_uring_disabled{Sysctl()}",
        Errno.Invalid or Errno.NotSupported =>
            "this kernel's io_uring is too old: it takes Linux 6.1",
        Errno.NoMemory =>
            "io_uring has no memory for a ring: raise the limit of locked memory (ulimit -l), or close other rings",
        Errno.TooManyFiles or Errno.TooManyFilesInSystem =>
            "io_uring has no descriptor left for a ring",
        _ => string.Create(CultureInfo.InvariantCulture, $"io_uring failed with errno {-error}"),
    };

    private static bool Try(out int error)
    {
        error = -Errno.NotImplemented;
        if (!OperatingSystem.IsLinux()
            || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return false;
        }

        error = UringRing.Create(submissions: 4, completions: 8, out UringRing? ring);
        if (ring is null)
        {
            return error is -Errno.NoMemory or -Errno.TooManyFiles or -Errno.TooManyFilesInSystem;
        }

        using (ring)
        {
            error = TryRing(ring);
            return error >= 0;
        }
    }

    private static int TryRing(UringRing ring)
    {
        int error = Probe(ring);
        if (error < 0)
        {
            return error;
        }

        try
        {
            using var buffers = new UringBuffers(ring);
        }
        catch (SocketException)
        {
            return -Errno.NotSupported;
        }

        error = ring.Enable();
        if (error < 0)
        {
            return error;
        }

        // SAFETY: the entry is the ring's; a new ring has room.
        ring.TryAdd()->Opcode = UringOpcode.Nop;
        error = ring.Enter(timeoutNanoseconds: -1);
        return error < 0 ? error : ring.HasCompletions ? 0 : -Errno.NotSupported;
    }

    private static int Probe(UringRing ring)
    {
        const int Entries = 256;

        // SAFETY: the kernel writes as many entries as it is told there is room for.
        byte* probe = stackalloc byte[ProbeHeaderSize + (Entries * ProbeEntrySize)];
        new Span<byte>(probe, ProbeHeaderSize + (Entries * ProbeEntrySize)).Clear();
        int error = ring.Register(Libc.UringRegisterProbe, probe, Entries);
        if (error < 0)
        {
            return error;
        }

        foreach (UringOpcode opcode in s_needed)
        {
            byte* entry = probe + ProbeHeaderSize + ((int)opcode * ProbeEntrySize);
            if ((*(ushort*)(entry + ProbeEntryFlagsOffset) & ProbeIsSupported) == 0)
            {
                return -Errno.NotSupported;
            }
        }

        return 0;
    }

    private static string Sysctl()
    {
        try
        {
            return $" (now {File.ReadAllText("/proc/sys/kernel/io_uring_disabled").Trim()})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Kernels before 6.6 do not have it.
            return "";
        }
    }
}
