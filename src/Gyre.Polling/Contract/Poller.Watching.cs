using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

public abstract partial class Poller
{
    /// <summary>The watch of a socket, made when there is none yet.</summary>
    /// <param name="socket">Any kind. It stays the caller's, and becomes non-blocking.</param>
    /// <remarks>Owner thread only.</remarks>
    /// <exception cref="InvalidOperationException">The socket is attached to this poller.</exception>
    /// <exception cref="NotSupportedException">This poller watches no sockets.</exception>
    /// <exception cref="ObjectDisposedException">The poller or the socket is disposed.</exception>
    public virtual PollWatch Watch(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        PollWatch watch = Watch(socket.SafeHandle);
        if (socket.Blocking)
        {
            socket.Blocking = false;
        }

        return watch;
    }

    /// <summary>The watch of a descriptor, made when there is none yet.</summary>
    /// <param name="descriptor">A socket, a pipe, a terminal: anything that the system can wait for. It stays the
    /// caller's.</param>
    /// <remarks>Owner thread only. On the portable backend only sockets can be watched, by the other
    /// method.</remarks>
    /// <exception cref="InvalidOperationException">The descriptor is attached to this poller, or is a file, which is
    /// always ready.</exception>
    /// <exception cref="NotSupportedException">This poller watches no descriptors.</exception>
    /// <exception cref="ObjectDisposedException">The poller or the descriptor is closed.</exception>
    public virtual PollWatch Watch(SafeHandle descriptor) => throw new NotSupportedException(
        $"The {BackendName} poller cannot watch a descriptor of this kind.");

    /// <summary>The watch of a socket, if there is one.</summary>
    /// <param name="socket">The socket.</param>
    /// <remarks>Owner thread only. Null for a socket that is closed, too.</remarks>
    /// <exception cref="InvalidOperationException">The socket is attached to this poller.</exception>
    public virtual PollWatch? FindWatch(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        return FindWatch(socket.SafeHandle);
    }

    /// <summary>The watch of a descriptor, if there is one.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <remarks>Owner thread only. Null for a descriptor that is closed, too.</remarks>
    /// <exception cref="InvalidOperationException">The descriptor is attached to this poller.</exception>
    public virtual PollWatch? FindWatch(SafeHandle descriptor) => null;
}
