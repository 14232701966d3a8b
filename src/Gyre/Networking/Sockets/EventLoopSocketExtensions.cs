using System.Net;
using System.Net.Sockets;

namespace Gyre;

/// <summary>What a loop offers for sockets that it does not own: asyncio's low-level calls, on the BCL's
/// <see cref="Socket"/>.</summary>
/// <remarks>
/// <para>Loop thread only. The first call makes a socket non-blocking, and it stays so. The sockets stay yours:
/// close them when no call waits for them.</para>
/// <para>Each call tries first and waits only when it must. On cancel the watch of the socket ends at once, and what has
/// arrived stays in the system for the next call. One call a socket and direction: one that must wait takes the place of
/// an earlier one, and of a reader or writer, and the earlier one then ends by cancellation only.</para>
/// </remarks>
public static class EventLoopSocketExtensions
{
    extension(EventLoop loop)
    {
        /// <summary>Receives bytes. asyncio: <c>sock_recv</c>.</summary>
        /// <param name="socket">A connected socket.</param>
        /// <param name="sizeMax">How many bytes at the most.</param>
        /// <returns>What is there, at least one byte; empty at the end of the input.</returns>
        /// <remarks>On cancel: no byte is taken. Guarantee G-141.</remarks>
        /// <exception cref="SocketException">For example <see cref="SocketError.ConnectionReset"/>.</exception>
        /// <exception cref="InvalidOperationException">A transport uses the socket.</exception>
        public Coroutine<byte[]> SockRecvAsync(Socket socket, int sizeMax)
        {
            Check(loop, socket);
            ArgumentOutOfRangeException.ThrowIfNegative(sizeMax);
            return SocketCalls.ReceiveAsync(loop, socket, sizeMax);
        }

        /// <summary>Receives bytes into memory of yours. asyncio: <c>sock_recv_into</c>.</summary>
        /// <param name="socket">A connected socket.</param>
        /// <param name="buffer">Takes the bytes.</param>
        /// <returns>How many; 0 at the end of the input.</returns>
        /// <remarks>On cancel: no byte is taken. Waits that come again allocate nothing. Guarantee G-141.</remarks>
        /// <exception cref="SocketException">For example <see cref="SocketError.ConnectionReset"/>.</exception>
        /// <exception cref="InvalidOperationException">A transport uses the socket.</exception>
        public Coroutine<int> SockRecvIntoAsync(Socket socket, Memory<byte> buffer)
        {
            Check(loop, socket);
            return SocketCalls.ReceiveAsync(loop, socket, buffer);
        }

        /// <summary>Receives a datagram. asyncio: <c>sock_recvfrom</c>.</summary>
        /// <param name="socket">A bound socket for datagrams.</param>
        /// <param name="sizeMax">How many bytes at the most. The rest of a longer datagram is lost.</param>
        /// <returns>The datagram and its sender; null for the sender where the system does not tell one.</returns>
        /// <remarks>On cancel: no datagram is taken. Guarantee G-141.</remarks>
        /// <exception cref="SocketException">For example <see cref="SocketError.ConnectionRefused"/>, after a datagram to
        /// a port that nobody listens on.</exception>
        /// <exception cref="InvalidOperationException">A transport uses the socket.</exception>
        public Coroutine<(byte[] Data, EndPoint? From)> SockRecvFromAsync(Socket socket, int sizeMax)
        {
            Check(loop, socket);
            ArgumentOutOfRangeException.ThrowIfNegative(sizeMax);
            return SocketCalls.ReceiveFromAsync(loop, socket, sizeMax);
        }

        /// <summary>Receives a datagram into memory of yours. asyncio: <c>sock_recvfrom_into</c>.</summary>
        /// <param name="socket">A bound socket for datagrams.</param>
        /// <param name="buffer">Takes the bytes. The rest of a longer datagram is lost.</param>
        /// <returns>How many bytes, and the sender; null where the system does not tell one.</returns>
        /// <inheritdoc cref="SockRecvFromAsync"/>
        public Coroutine<(int Count, EndPoint? From)> SockRecvFromIntoAsync(Socket socket, Memory<byte> buffer)
        {
            Check(loop, socket);
            return SocketCalls.ReceiveFromAsync(loop, socket, buffer);
        }

        /// <summary>Sends all the bytes. asyncio: <c>sock_sendall</c>.</summary>
        /// <param name="socket">A connected socket.</param>
        /// <param name="data">Leave them unchanged until this has ended.</param>
        /// <remarks>On cancel, and on an error: some, all or none of the bytes have been sent.</remarks>
        /// <exception cref="SocketException">For example <see cref="SocketError.ConnectionReset"/>.</exception>
        /// <exception cref="InvalidOperationException">A transport uses the socket.</exception>
        public Coroutine SockSendAllAsync(Socket socket, ReadOnlyMemory<byte> data)
        {
            Check(loop, socket);
            return SocketCalls.SendAllAsync(loop, socket, data);
        }

        /// <summary>Sends a datagram. asyncio: <c>sock_sendto</c>.</summary>
        /// <param name="socket">A socket for datagrams.</param>
        /// <param name="data">Leave them unchanged until this has ended.</param>
        /// <param name="to">An address. Resolve names before.</param>
        /// <returns>How many bytes were sent.</returns>
        /// <remarks>On cancel: nothing was sent.</remarks>
        /// <exception cref="SocketException">For example <see cref="SocketError.MessageSize"/>.</exception>
        /// <exception cref="InvalidOperationException">A transport uses the socket.</exception>
        public Coroutine<int> SockSendToAsync(Socket socket, ReadOnlyMemory<byte> data, EndPoint to)
        {
            Check(loop, socket);
            CheckAddress(to);
            return SocketCalls.SendToAsync(loop, socket, data, to);
        }

        /// <summary>Connects a socket. asyncio: <c>sock_connect</c>.</summary>
        /// <param name="socket">A new socket.</param>
        /// <param name="remote">An address; or a <see cref="DnsEndPoint"/>, whose first address of the socket's family is
        /// taken.</param>
        /// <remarks>On cancel: the system goes on connecting, and the socket is good for nothing but to be closed, or to be
        /// connected again.</remarks>
        /// <exception cref="SocketException">The connection failed, or the host is not known.</exception>
        /// <exception cref="InvalidOperationException">A transport uses the socket.</exception>
        public Coroutine SockConnectAsync(Socket socket, EndPoint remote)
        {
            Check(loop, socket);
            ArgumentNullException.ThrowIfNull(remote);
            return SocketCalls.ConnectAsync(loop, socket, remote);
        }

        /// <summary>Accepts a connection. asyncio: <c>sock_accept</c>.</summary>
        /// <param name="listener">A listening socket.</param>
        /// <returns>The connection, which is non-blocking and yours, and the address of its other end.</returns>
        /// <remarks>On cancel: no connection is taken. Guarantee G-141.</remarks>
        /// <exception cref="SocketException">For example <see cref="SocketError.TooManyOpenSockets"/>.</exception>
        /// <exception cref="InvalidOperationException">A transport or a server uses the socket.</exception>
        public Coroutine<(Socket Connection, EndPoint From)> SockAcceptAsync(Socket listener)
        {
            Check(loop, listener);
            return SocketCalls.AcceptAsync(loop, listener);
        }

        /// <summary>Sends a file. asyncio: <c>sock_sendfile</c>.</summary>
        /// <param name="socket">A connected stream socket.</param>
        /// <param name="file">Open for reading. A <see cref="FileStream"/> is sent by the system itself where that can be;
        /// any other stream is read and sent. Leave it alone until this has ended.</param>
        /// <param name="offset">Where to begin, in bytes; its position now makes no difference. 0 for a stream that cannot
        /// seek, which begins where it is.</param>
        /// <param name="count">How many bytes to send, at least 1; to the end of the file when null.</param>
        /// <param name="fallback">Whether the file may be read, on a thread of the loop's executor, and sent where the
        /// system cannot send it by itself.</param>
        /// <returns>How many bytes were sent: fewer than <paramref name="count"/> only at the end of the file.</returns>
        /// <remarks>The stream's position is behind the last byte that was sent, also after an error. On cancel: nothing
        /// more is sent, and the position tells how much was; of a block that was read, a part may have been sent
        /// that it does not count.</remarks>
        /// <exception cref="ArgumentException">It is no stream socket.</exception>
        /// <exception cref="SendfileNotAvailableException">The system cannot, and <paramref name="fallback"/> is
        /// false.</exception>
        /// <exception cref="SocketException">For example <see cref="SocketError.ConnectionReset"/>.</exception>
        /// <exception cref="InvalidOperationException">A transport uses the socket.</exception>
        public Coroutine<long> SockSendfileAsync(
            Socket socket, Stream file, long offset = 0, long? count = null, bool fallback = true)
        {
            Check(loop, socket);
            CheckStream(socket);
            return SocketFiles.SendAsync(loop, socket, new FileSource(file, offset, count), fallback);
        }
    }

    private static void CheckStream(Socket socket)
    {
        if (socket.SocketType != SocketType.Stream)
        {
            throw new ArgumentException("Files are sent through stream sockets only.", nameof(socket));
        }
    }

    private static void Check(EventLoop loop, Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        loop.AssertOnLoop();
        loop.CheckCanSchedule();
    }

    private static void CheckAddress(EndPoint address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address is DnsEndPoint)
        {
            throw new ArgumentException("Resolve the name first, and send to one of its addresses.", nameof(address));
        }
    }
}
