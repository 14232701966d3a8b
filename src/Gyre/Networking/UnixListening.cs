using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>From a path to a bound Unix socket, and back to no file.</summary>
internal static class UnixListening
{
    private static readonly ServerOptions s_plain = new();

    /// <summary>Makes a server on a path.</summary>
    public static Server Create(EventLoop loop, Func<Protocol> protocolFactory, string path, ServerOptions options)
    {
        bool isFile = path[0] != '\0';
        if (isFile)
        {
            RemoveStale(loop, path);
        }

        Socket socket = Bind(path);
        if (!isFile)
        {
            return Listening.Create(loop, protocolFactory, [socket], options);
        }

        UnixSocketFile? file = null;
        try
        {
            file = new UnixSocketFile(path);
            SetMode(path, options.SocketMode);
            return Listening.Create(
                loop, protocolFactory, [socket], options, options.CleanUpSocket ? file : null);
        }
        catch
        {
            socket.Dispose();
            file?.Remove(loop);
            throw;
        }
    }

    /// <summary>Binds a datagram socket to a path or a name.</summary>
    /// <param name="loop">Hears of stale files that cannot be removed.</param>
    /// <param name="socket">Is used up, also when this fails.</param>
    /// <param name="local">The path or name.</param>
    /// <param name="cleanUp">Whether the path's file goes with the socket.</param>
    public static (Socket Socket, UnixSocketFile? File) BindDatagrams(
        EventLoop loop, Socket socket, EndPoint local, bool cleanUp)
    {
        // A name in the abstract namespace begins with a zero byte, behind the two of the family.
        SocketAddress address = local.Serialize();
        bool isFile = address.Size > 2 && address[2] != 0;
        string path = local.ToString()!;
        if (isFile)
        {
            RemoveStale(loop, path);
        }

        try
        {
            socket.Bind(local);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        Socket bound = Release(socket);
        return (bound, isFile && cleanUp ? new UnixSocketFile(path) : null);
    }

    /// <summary>Removes what an earlier server has left at the path, or has there: as asyncio, the newcomer takes
    /// the address over. What is no socket is left alone; then the path cannot be bound.</summary>
    private static void RemoveStale(EventLoop loop, string path)
    {
        if (!FileIdentity.IsSupported)
        {
            return;
        }

        try
        {
            if (FileIdentity.Find(path) is { IsSocket: true })
            {
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            // A directory may allow to make sockets, and nothing else. Whether it matters, binding tells.
            loop.CallExceptionHandler(new ExceptionContext
            {
                Message = $"The Unix socket {path} could not be looked at, or not be removed.",
                Exception = e,
            });
        }
    }

    private static Socket Bind(string path) => Release(Listening.Bind(new UnixDomainSocketEndPoint(path), s_plain));

    [SuppressMessage("Reliability", "CA2000", Justification = "The descriptor is the returned socket's.")]
    private static Socket Release(Socket bound)
    {
        if (OperatingSystem.IsWindows())
        {
            return bound;
        }

        // A Socket that has bound a path removes the file when it is disposed of, whosever it is by then. One that was
        // given a bound descriptor does not, so it gets the descriptor, and the first one is forgotten.
        var handle = new SafeSocketHandle(bound.SafeHandle.DangerousGetHandle(), ownsHandle: true);
        bound.SafeHandle.SetHandleAsInvalid();
        GC.SuppressFinalize(bound);
        return new Socket(handle);
    }

    private static void SetMode(string path, UnixFileMode? mode)
    {
        if (mode is not { } given)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("Files have no Unix mode on Windows. Leave SocketMode null.");
        }

        File.SetUnixFileMode(path, given);
    }
}
