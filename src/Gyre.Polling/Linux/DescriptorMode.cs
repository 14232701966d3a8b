namespace Gyre.Polling;

/// <summary>Makes descriptors non-blocking, and blocking again.</summary>
/// <remarks>
/// The mode belongs to the open file, which several descriptors may share: standard input and output are often one open
/// terminal or socket, standard output and error one end of a pipe. Who restores the mode for one takes it from the other.
/// Whether two descriptors are of one open file the system does not tell, so the users of a device, of a socket, or of an
/// end of a pipe are counted, and the last one restores.
/// </remarks>
internal static class DescriptorMode
{
    // Loops of several threads may use one terminal.
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<FileKey, int> s_users = [];

    /// <summary>Makes a descriptor non-blocking. Any thread.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="status">What file it is.</param>
    /// <param name="flags">How it is open.</param>
    /// <returns>Whether <see cref="Release"/> must be called.</returns>
    public static bool Take(int descriptor, in KernelFileStatus status, int flags)
    {
        FileKey key = Of(status, flags);
        lock (s_gate)
        {
            int users = s_users.GetValueOrDefault(key);
            if ((flags & Libc.FlagNonBlocking) == 0)
            {
                SetNonBlocking(descriptor, flags);
            }
            else if (users == 0)
            {
                // It was made so by somebody who means it.
                return false;
            }

            s_users[key] = users + 1;
            return true;
        }
    }

    /// <summary>Makes a descriptor blocking again, if nobody else needs it as it is. Any thread.</summary>
    public static void Release(int descriptor, in KernelFileStatus status, int flags)
    {
        FileKey key = Of(status, flags);
        lock (s_gate)
        {
            int users = s_users[key] - 1;
            if (users > 0)
            {
                s_users[key] = users;
                return;
            }

            s_users.Remove(key);
            SetBlocking(descriptor);
        }
    }

    private static void SetNonBlocking(int descriptor, int flags)
    {
        int result = Libc.SetFlags(descriptor, flags | Libc.FlagNonBlocking);
        if (result < 0)
        {
            throw Errno.ToException(-result);
        }
    }

    private static void SetBlocking(int descriptor)
    {
        int flags = Libc.GetFlags(descriptor);
        if (flags >= 0)
        {
            // Cannot fail where the opposite succeeded.
            _ = Libc.SetFlags(descriptor, flags & ~Libc.FlagNonBlocking);
        }
    }

    /// <summary>The two ends of a pipe are one file, opened in two ways; each has a mode of its own.</summary>
    private static FileKey Of(in KernelFileStatus status, int flags) => new(
        status.DeviceMajor,
        status.DeviceMinor,
        status.Inode,
        status.Kind == KernelFileStatus.KindPipe ? flags & Libc.FlagsOfAccess : 0);

    private readonly record struct FileKey(uint Major, uint Minor, ulong Inode, int Access);
}
