using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Tests.Networking;

/// <summary>What the BCL has no call for: named pipes, pairs of terminals, and whether a descriptor blocks.</summary>
internal static class NativePipes
{
    private const int NonBlocking = 0x800;
    private const int ReadWriteNoTerminal = 0x102;
    private const int GetFlags = 3;
    private const uint OwnerOnly = 0x180;

    /// <summary>Makes a named pipe.</summary>
    public static void CreateFifo(string path) => Assert.Equal(0, mkfifo(Encoding.UTF8.GetBytes(path + '\0'), OwnerOnly));

    /// <summary>Opens a named pipe for reading, without waiting for a writer.</summary>
    public static SafeFileHandle OpenFifo(string path) => Own(open(Encoding.UTF8.GetBytes(path + '\0'), NonBlocking));

    /// <summary>A terminal, and the end of whoever emulates it.</summary>
    public static (SafeFileHandle Master, SafeFileHandle Terminal) OpenTerminal()
    {
        int master = posix_openpt(ReadWriteNoTerminal);
        Assert.SkipWhen(master < 0, "This system has no pseudo-terminals.");
        Assert.Equal(0, grantpt(master));
        Assert.Equal(0, unlockpt(master));
        byte[] name = new byte[100];
        Assert.Equal(0, ptsname_r(master, name, name.Length));
        return (Own(master), Own(open(name, ReadWriteNoTerminal)));
    }

    public static SafeFileHandle Duplicate(SafeHandle handle) => Own(dup((int)handle.DangerousGetHandle()));

    public static bool IsBlocking(SafeHandle handle) =>
        (fcntl((int)handle.DangerousGetHandle(), GetFlags, 0) & NonBlocking) == 0;

    private static SafeFileHandle Own(int descriptor)
    {
        Assert.True(descriptor >= 0);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [DllImport("libc")]
    private static extern int mkfifo(byte[] path, uint mode);

    [DllImport("libc")]
    private static extern int open(byte[] path, int flags);

    [DllImport("libc")]
    private static extern int posix_openpt(int flags);

    [DllImport("libc")]
    private static extern int grantpt(int descriptor);

    [DllImport("libc")]
    private static extern int unlockpt(int descriptor);

    [DllImport("libc")]
    private static extern int ptsname_r(int descriptor, byte[] name, nint length);

    [DllImport("libc")]
    private static extern int dup(int descriptor);

    [DllImport("libc")]
    private static extern int fcntl(int descriptor, int command, nint argument);
}
