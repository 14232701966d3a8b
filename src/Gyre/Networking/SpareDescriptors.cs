using Microsoft.Win32.SafeHandles;

namespace Gyre;

/// <summary>A few descriptors that are kept for the runtime while servers accept: these give way when none is
/// left.</summary>
/// <remarks>
/// <para>Process-wide, any thread. The runtime needs descriptors for each new thread, and ends the process when it cannot
/// make one: it makes them at any time, to compile hot code again for example. So whoever accepts must not take the
/// last.</para>
/// <code>
///   Held ──accepting failed──▶ Given up ──a retry finds room for them and a connection──▶ Held
/// </code>
/// </remarks>
internal static class SpareDescriptors
{
    /// <summary>Several threads may begin at once, each with two for a moment, and files are opened meanwhile.</summary>
    internal const int Count = 8;

    private static readonly object s_lock = new();
    private static readonly SafeFileHandle?[] s_held = new SafeFileHandle?[Count];
    private static int s_users;
    private static bool s_isHeld;

    /// <summary>Somebody begins to accept.</summary>
    public static void AddUser()
    {
        lock (s_lock)
        {
            s_users++;
            TakeBackUnderLock();
        }
    }

    /// <summary>Somebody does not accept any more. The last one leaves nothing open.</summary>
    public static void RemoveUser()
    {
        lock (s_lock)
        {
            if (--s_users == 0)
            {
                GiveUpUnderLock();
            }
        }
    }

    /// <summary>No descriptor was left to accept with.</summary>
    public static void GiveUp()
    {
        lock (s_lock)
        {
            GiveUpUnderLock();
        }
    }

    /// <summary>Whether there are descriptors again: the spare ones, and one for a connection.</summary>
    public static bool TryTakeBack()
    {
        lock (s_lock)
        {
            return TakeBackUnderLock();
        }
    }

    private static bool TakeBackUnderLock()
    {
        // Elsewhere there is no limit that is reached so.
        if (s_isHeld || s_users == 0 || OperatingSystem.IsWindows())
        {
            return true;
        }

        try
        {
            for (int i = 0; i < Count; i++)
            {
                s_held[i] = Open();
            }

            Open().Dispose();
            s_isHeld = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveUpUnderLock();
        }

        return s_isHeld;
    }

    private static SafeFileHandle Open() =>
        File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    private static void GiveUpUnderLock()
    {
        s_isHeld = false;
        for (int i = 0; i < Count; i++)
        {
            s_held[i]?.Dispose();
            s_held[i] = null;
        }
    }
}
