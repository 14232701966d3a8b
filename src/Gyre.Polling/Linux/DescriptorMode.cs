namespace Gyre.Polling;

/// <summary>Makes descriptors non-blocking, and blocking again.</summary>
/// <remarks>
/// The mode belongs to the open file. Each end of a pipe is one of its own; but standard input and output are often one
/// open terminal, or one socket, and who restores the mode for one takes it from the other. Whether two descriptors are
/// of one open file the system does not tell, so the users of a device or socket are counted, and the last one restores.
/// </remarks>
internal static class DescriptorMode
{
    // Loops of several threads may use one terminal.
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<(uint Major, uint Minor, ulong Inode), int> s_users = [];

    /// <summary>Makes a descriptor non-blocking. Any thread.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="status">What file it is.</param>
    /// <param name="flags">How it is open.</param>
    /// <returns>Whether <see cref="Release"/> must be called.</returns>
    public static bool Take(int descriptor, in KernelFileStatus status, int flags)
    {
        bool isBlocking = (flags & Libc.FlagNonBlocking) == 0;
        if (IsEnd(status, flags))
        {
            if (isBlocking)
            {
                SetNonBlocking(descriptor, flags);
            }

            return isBlocking;
        }

        lock (s_gate)
        {
            int users = s_users.GetValueOrDefault(Of(status));
            if (isBlocking)
            {
                SetNonBlocking(descriptor, flags);
            }
            else if (users == 0)
            {
                // It was made so by somebody who means it.
                return false;
            }

            s_users[Of(status)] = users + 1;
            return true;
        }
    }

    /// <summary>Makes a descriptor blocking again, if nobody else needs it as it is. Any thread.</summary>
    public static void Release(int descriptor, in KernelFileStatus status, int flags)
    {
        if (IsEnd(status, flags))
        {
            SetBlocking(descriptor);
            return;
        }

        lock (s_gate)
        {
            int users = s_users[Of(status)] - 1;
            if (users > 0)
            {
                s_users[Of(status)] = users;
                return;
            }

            s_users.Remove(Of(status));
            SetBlocking(descriptor);
        }
    }

    /// <summary>Whether it is one end of a pipe, which nobody uses for the other direction, too.</summary>
    private static bool IsEnd(in KernelFileStatus status, int flags) =>
        status.Kind == KernelFileStatus.KindPipe && (flags & Libc.FlagsOfAccess) != Libc.FlagReadWrite;

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

    private static (uint Major, uint Minor, ulong Inode) Of(in KernelFileStatus status) =>
        (status.DeviceMajor, status.DeviceMinor, status.Inode);
}
