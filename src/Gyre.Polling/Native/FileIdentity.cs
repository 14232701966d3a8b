using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>Which file a path leads to: two that are equal are of the same file.</summary>
/// <remarks>Where the file system notes it, the birth is a part of it: a number is used again as soon as its file
/// is gone.</remarks>
public readonly record struct FileIdentity
{
    private FileIdentity(in KernelFileStatus status)
    {
        Device = ((ulong)status.DeviceMajor << 32) | status.DeviceMinor;
        Inode = status.Inode;
        BirthSeconds = status.BirthSeconds;
        BirthNanoseconds = status.BirthNanoseconds;
        IsSocket = (status.Mode & KernelFileStatus.KindMask) == KernelFileStatus.KindSocket;
    }

    /// <summary>Whether this system can tell. Linux on x64 and arm64.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux()
        && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Whether the file is a Unix socket.</summary>
    public bool IsSocket { get; }

    private ulong Device { get; }

    private ulong Inode { get; }

    private long BirthSeconds { get; }

    private uint BirthNanoseconds { get; }

    /// <summary>The file that a path leads to; null when there is none.</summary>
    /// <param name="path">The path, from the current directory if it is relative.</param>
    /// <exception cref="SocketException">The system does not let this user look.</exception>
    /// <exception cref="PlatformNotSupportedException"><see cref="IsSupported"/> is false.</exception>
    public static FileIdentity? Find(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException("Files cannot be told apart here.");
        }

        int result = Libc.FileStatus(path, out KernelFileStatus status);
        return result switch
        {
            0 => new FileIdentity(status),
            -Errno.NoEntry or -Errno.NotDirectory => null,
            _ => throw new SocketException((int)Errno.ToSocketError(-result)),
        };
    }
}
