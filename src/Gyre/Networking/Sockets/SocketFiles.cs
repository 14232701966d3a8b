using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>Sends files through plain sockets.</summary>
internal static class SocketFiles
{
    public static async Coroutine<long> SendAsync(EventLoop loop, Socket socket, FileSource source, bool fallback)
    {
        try
        {
            if (source.Handle is not null && await SendBySystemAsync(loop, socket, source))
            {
                return source.Sent;
            }

            if (!fallback)
            {
                throw new SendfileNotAvailableException(
                    "The fallback is disabled, and the system cannot send this by itself: sendfile is not available for "
                    + "what is no regular file, and on systems other than Linux.");
            }

            await SendByReadingAsync(loop, socket, source);
            return source.Sent;
        }
        finally
        {
            source.Seek();
        }
    }

    /// <summary>Has the system send the file.</summary>
    /// <returns>False when it cannot; nothing was sent then.</returns>
    private static async Coroutine<bool> SendBySystemAsync(EventLoop loop, Socket socket, FileSource source)
    {
        while (source.Rest > 0)
        {
            PollWatch watch = loop.Poller.Watch(socket);
            int count = FileTransmission.TrySend(
                socket.SafeHandle, source.Handle!, source.Position, source.Rest, out SocketError error);
            source.Sent += count;
            if (error == SocketError.OperationNotSupported && source.Sent == 0)
            {
                return false;
            }

            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                throw new SocketException((int)error);
            }

            if (error == SocketError.Success && count == 0)
            {
                // The end of the file.
                break;
            }

            if (source.Rest > 0)
            {
                await WaitForRoomAsync(loop, watch);
            }
        }

        return true;
    }

    /// <summary>The others have their turn after each piece, also when there is room at once.</summary>
    private static async Coroutine WaitForRoomAsync(EventLoop loop, PollWatch watch)
    {
        SocketWait wait = SocketWait.ForRoomNow(loop, watch);
        try
        {
            await wait.Future;
        }
        finally
        {
            wait.EndOutput(watch);
        }
    }

    private static async Coroutine SendByReadingAsync(EventLoop loop, Socket socket, FileSource source)
    {
        source.Seek();
        while (source.Rest > 0)
        {
            ReadOnlyMemory<byte> block = await source.ReadAsync(loop);
            if (block.IsEmpty)
            {
                return;
            }

            await SocketCalls.SendAllAsync(loop, socket, block);
            source.Sent += block.Length;
        }
    }
}
