using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling.Tests;

/// <summary>Leaves the process without a free descriptor until it is disposed.</summary>
/// <remarks>Asks the kernel itself. A helper program would need descriptors of its own to be started, and there
/// are none by the time the limit has to be raised again.</remarks>
internal sealed class DescriptorLimit : IDisposable
{
    /// <summary>RLIMIT_NOFILE of Linux, on every architecture that .NET knows.</summary>
    private const int Files = 7;

    private readonly List<SafeFileHandle> _fill = [];
    private readonly Limit _before;

    private DescriptorLimit(Limit before) => _before = before;

    /// <summary>Lowers the limit to just above what is open, and fills the gaps below it.</summary>
    public static DescriptorLimit Exhaust()
    {
        var limit = new DescriptorLimit(Get());
        int highest = DescriptorTests.Descriptors().Max();

        // The runtime opens a file for each assembly that it loads: what a failure, and an assertion, need is loaded
        // beforehand. A load that failed once fails for ever.
        Assert.Equal(System.Net.Sockets.SocketError.Success, System.Net.Sockets.SocketError.Success);
        _ = new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.TooManyOpenSockets).Message;
        Set(limit._before with { Soft = (nuint)(highest + 1) });
        try
        {
            while (true)
            {
                limit._fill.Add(File.OpenHandle("/dev/null"));
            }
        }
        catch (IOException)
        {
            // None is left: what this is for.
            return limit;
        }
    }

    public void Dispose()
    {
        Set(_before);
        _fill.ForEach(handle => handle.Dispose());
    }

    private static Limit Get()
    {
        Check(getrlimit(Files, out Limit limit));
        return limit;
    }

    private static void Set(Limit limit) => Check(setrlimit(Files, in limit));

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int getrlimit(int resource, out Limit limit);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setrlimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
