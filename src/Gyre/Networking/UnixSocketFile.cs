using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>The file of a Unix socket that a server or a datagram endpoint has bound.</summary>
internal sealed class UnixSocketFile
{
    private readonly string _path;
    private readonly FileIdentity? _identity;

    /// <summary>Notes which file is at the path now.</summary>
    public UnixSocketFile(string path)
    {
        // The current directory may be another one by the time that the server is closed.
        _path = Path.GetFullPath(path);
        _identity = FileIdentity.IsSupported ? FileIdentity.Find(_path) : null;
    }

    /// <summary>Removes the file, unless it is gone, or another one is in its place.</summary>
    /// <remarks>Does not throw: an error is reported to the loop's exception handler.</remarks>
    public void Remove(EventLoop loop)
    {
        try
        {
            if (!FileIdentity.IsSupported || (_identity is not null && FileIdentity.Find(_path) == _identity))
            {
                File.Delete(_path);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            loop.CallExceptionHandler(new ExceptionContext
            {
                Message = $"The closed Unix socket {_path} could not be removed.",
                Exception = e,
            });
        }
    }
}
