using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre;

/// <summary>What a loop offers for descriptors that it does not own: callbacks that run while they are
/// ready.</summary>
public static class EventLoopWatchExtensions
{
    extension(EventLoop loop)
    {
        /// <summary>Calls back in each iteration in which a socket can be read from. asyncio:
        /// <c>add_reader</c>.</summary>
        /// <param name="socket">Any kind: for a listening one it means that a connection can be accepted. It stays yours,
        /// and becomes non-blocking.</param>
        /// <param name="callback">Takes the place of the one before, which is not called any more. Before the writer's,
        /// when both are ready. An exception goes to the exception handler, and the callback stays.</param>
        /// <remarks>Loop thread only. Level-triggered: while something is there that nobody reads, it is called again and
        /// again. The end of the input, and an error, count too. Remove the reader before you close the socket: the system
        /// does not tell that it was closed. Guarantee G-140.</remarks>
        /// <exception cref="InvalidOperationException">A transport uses the socket, or the loop is closed.</exception>
        /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
        public void AddReader(Socket socket, Action callback)
        {
            Check(loop, socket, callback);
            loop.Poller.Watch(socket).WatchInput(new WatchCallback(callback));
        }

        /// <inheritdoc cref="AddReader(EventLoop, Socket, Action)"/>
        /// <param name="descriptor">A pipe, a terminal, a socket: what the system can wait for. It stays yours. The portable
        /// backend can wait for sockets only, given as such.</param>
        /// <param name="callback">As for sockets.</param>
        /// <exception cref="InvalidOperationException">It is a regular file, or a transport uses it, or the loop is
        /// closed.</exception>
        /// <exception cref="NotSupportedException">The backend cannot watch it.</exception>
        public void AddReader(SafeHandle descriptor, Action callback)
        {
            Check(loop, descriptor, callback);
            loop.Poller.Watch(descriptor).WatchInput(new WatchCallback(callback));
        }

        /// <summary>Takes a reader away, at once: a call that was due is not made. asyncio:
        /// <c>remove_reader</c>.</summary>
        /// <param name="socket">The socket.</param>
        /// <returns>Whether there was one.</returns>
        /// <remarks>Loop thread only. A wait of <c>SockRecvAsync</c> and the like counts as the reader, and does not end
        /// then. False after the loop or the socket was closed.</remarks>
        /// <exception cref="InvalidOperationException">A transport uses the socket.</exception>
        public bool RemoveReader(Socket socket)
        {
            CheckThread(loop, socket);
            return !loop.IsClosed && loop.Poller.FindWatch(socket)?.StopInput() == true;
        }

        /// <inheritdoc cref="RemoveReader(EventLoop, Socket)"/>
        /// <param name="descriptor">The descriptor.</param>
        public bool RemoveReader(SafeHandle descriptor)
        {
            CheckThread(loop, descriptor);
            return !loop.IsClosed && loop.Poller.FindWatch(descriptor)?.StopInput() == true;
        }

        /// <summary>Calls back in each iteration in which a socket has room for output. asyncio:
        /// <c>add_writer</c>.</summary>
        /// <param name="socket">Any kind: for one that connects it means that the connection stands or has failed. It stays
        /// yours, and becomes non-blocking.</param>
        /// <param name="callback">Takes the place of the one before, which is not called any more. After the reader's, when
        /// both are ready. An exception goes to the exception handler, and the callback stays.</param>
        /// <remarks>Loop thread only. Level-triggered: nearly always there is room, so remove it as soon as nothing is left
        /// to write. Remove it before you close the socket. Guarantee G-140.</remarks>
        /// <exception cref="InvalidOperationException">A transport uses the socket, or the loop is closed.</exception>
        /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
        public void AddWriter(Socket socket, Action callback)
        {
            Check(loop, socket, callback);
            loop.Poller.Watch(socket).WatchOutput(new WatchCallback(callback));
        }

        /// <inheritdoc cref="AddWriter(EventLoop, Socket, Action)"/>
        /// <param name="descriptor">A pipe, a terminal, a socket: what the system can wait for. It stays yours. The portable
        /// backend can wait for sockets only, given as such.</param>
        /// <param name="callback">As for sockets.</param>
        /// <exception cref="InvalidOperationException">It is a regular file, or a transport uses it, or the loop is
        /// closed.</exception>
        /// <exception cref="NotSupportedException">The backend cannot watch it.</exception>
        public void AddWriter(SafeHandle descriptor, Action callback)
        {
            Check(loop, descriptor, callback);
            loop.Poller.Watch(descriptor).WatchOutput(new WatchCallback(callback));
        }

        /// <summary>Takes a writer away, at once: a call that was due is not made. asyncio:
        /// <c>remove_writer</c>.</summary>
        /// <param name="socket">The socket.</param>
        /// <returns>Whether there was one.</returns>
        /// <remarks>Loop thread only. A wait of <c>SockSendAllAsync</c> and the like counts as the writer, and does not end
        /// then. False after the loop or the socket was closed.</remarks>
        /// <exception cref="InvalidOperationException">A transport uses the socket.</exception>
        public bool RemoveWriter(Socket socket)
        {
            CheckThread(loop, socket);
            return !loop.IsClosed && loop.Poller.FindWatch(socket)?.StopOutput() == true;
        }

        /// <inheritdoc cref="RemoveWriter(EventLoop, Socket)"/>
        /// <param name="descriptor">The descriptor.</param>
        public bool RemoveWriter(SafeHandle descriptor)
        {
            CheckThread(loop, descriptor);
            return !loop.IsClosed && loop.Poller.FindWatch(descriptor)?.StopOutput() == true;
        }
    }

    private static void Check(EventLoop loop, object watched, Action callback)
    {
        CheckThread(loop, watched);
        ArgumentNullException.ThrowIfNull(callback);
        loop.CheckCanSchedule();
    }

    private static void CheckThread(EventLoop loop, object watched)
    {
        ArgumentNullException.ThrowIfNull(watched);
        loop.AssertOnLoop();
    }
}
