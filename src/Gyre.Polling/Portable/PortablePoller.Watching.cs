using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

internal sealed partial class PortablePoller
{
    // What this poller does with a socket: a PortableSocket or a PortableWatch. Sockets that are dropped leave it.
    private readonly ConditionalWeakTable<Socket, object> _uses = [];
    private PortableSelector? _selector;

    internal PortableSelector Selector => _selector ??= new PortableSelector();

    public override PollWatch Watch(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (FindWatch(socket) is { } found)
        {
            // Throws when the socket is disposed.
            socket.Blocking = false;
            return found;
        }

        socket.Blocking = false;
        var watch = new PortableWatch(this, socket);
        _uses.AddOrUpdate(socket, watch);
        return watch;
    }

    public override PollWatch Watch(SafeHandle descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        throw new NotSupportedException(
            "The portable backend watches sockets only. Give the Socket itself instead of a handle, "
            + "or use the epoll or io_uring backend.");
    }

    public override PollWatch? FindWatch(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (!_uses.TryGetValue(socket, out object? use))
        {
            return null;
        }

        return use is PortableSocket { IsClosed: false }
            ? throw new InvalidOperationException(
                "The socket is used by a transport. Close that first, or use it instead.")
            : use as PortableWatch;
    }

    private void MakeWay(Socket socket)
    {
        if (_uses.TryGetValue(socket, out object? use) && use is PortableWatch watch)
        {
            if (watch.IsArmed)
            {
                throw new InvalidOperationException("The socket is watched. Remove its reader and its writer first.");
            }

            _uses.Remove(socket);
        }
    }
}
