using Microsoft.Win32.SafeHandles;

namespace Gyre;

/// <summary>What a loop offers to send files.</summary>
public static class EventLoopSendfileExtensions
{
    extension(EventLoop loop)
    {
        /// <summary>Sends a file through a connection. asyncio: <c>sendfile</c>.</summary>
        /// <param name="transport">A connection over TCP or a Unix socket, also with TLS.</param>
        /// <param name="file">Open for reading. A <see cref="FileStream"/> is sent by the system itself where that can be;
        /// any other stream is read and written. Leave it alone until this has ended.</param>
        /// <param name="offset">Where to begin, in bytes; its position now makes no difference. 0 for a stream that cannot
        /// seek, which begins where it is.</param>
        /// <param name="count">How many bytes to send, at least 1; to the end of the file when null.</param>
        /// <param name="fallback">Whether the file may be read, on a thread of the loop's executor, and written where the
        /// system cannot send it: with TLS, on the portable backend, of streams that are no file.</param>
        /// <returns>How many bytes were sent: fewer than <paramref name="count"/> only at the end of the file.</returns>
        /// <remarks>
        /// <para>Loop thread only. Behind what was written before. Reading is paused meanwhile. While the system sends,
        /// writes are refused; the fallback does not notice them, and they would go out between its pieces.</para>
        /// <para>The stream's position is behind the last byte that was sent, also after an error. On cancel: nothing more
        /// is sent, the connection stays, and the position tells how much was; a read under way of a stream that can seek
        /// and is no file is waited for.</para>
        /// </remarks>
        /// <exception cref="InvalidOperationException">The transport is closing, TLS was started over it, <c>WriteEof</c>
        /// was called, or a file is being sent already.</exception>
        /// <exception cref="SendfileNotAvailableException">The system cannot, and <paramref name="fallback"/> is
        /// false.</exception>
        /// <exception cref="NotSupportedException">Nothing can be sent through a transport of this kind.</exception>
        /// <exception cref="System.Net.Sockets.SocketException">The connection was lost.</exception>
        public Coroutine<long> Sendfile(
            Transport transport, Stream file, long offset = 0, long? count = null, bool fallback = true)
        {
            ArgumentNullException.ThrowIfNull(transport);
            var source = new FileSource(file, offset, count);
            return SendAsync(transport, source, fallback);
        }

        /// <param name="file">A regular file, open for reading. Its position makes no difference, and stays. Keep it open
        /// until this has ended.</param>
        /// <inheritdoc cref="Sendfile(EventLoop, Transport, Stream, long, long?, bool)"/>
        /// <param name="transport">A connection over TCP or a Unix socket, also with TLS.</param>
        /// <param name="offset">Where to begin, in bytes.</param>
        /// <param name="count">How many bytes to send, at least 1; to the end of the file when null.</param>
        /// <param name="fallback">Whether the file may be read and written where the system cannot send it.</param>
        public Coroutine<long> Sendfile(
            Transport transport, SafeFileHandle file, long offset = 0, long? count = null, bool fallback = true)
        {
            ArgumentNullException.ThrowIfNull(transport);
            var source = new FileSource(file, offset, count);
            return SendAsync(transport, source, fallback);
        }
    }

    private static async Coroutine<long> SendAsync(Transport transport, FileSource source, bool fallback)
    {
        transport.Loop.AssertOnLoop();
        if (transport.IsClosing)
        {
            throw new InvalidOperationException("The transport is closing. Send the file before you close it.");
        }

        if (transport is not (SocketTransport or TlsTransport))
        {
            throw new NotSupportedException($"Files cannot be sent through a {transport}. Read them, and write what was read.");
        }

        transport.CheckCanSendFile();
        FileFallback.ThrowIfUnderWay(transport);
        try
        {
            if (source.Handle is not null && transport is SocketTransport { CanSendFiles: true } socket
                && await socket.SendFileAsync(source))
            {
                return source.Sent;
            }

            if (!fallback)
            {
                throw new SendfileNotAvailableException(
                    $"The fallback is disabled, and the system cannot send this file through {transport} by itself: with TLS, "
                    + "on the portable backend, and for what is no regular file it is not supported.");
            }

            await FileFallback.SendAsync(transport, source);
            return source.Sent;
        }
        finally
        {
            source.Finish();
        }
    }
}
