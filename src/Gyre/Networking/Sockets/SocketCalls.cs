using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>The coroutines of plain sockets: each tries, waits when it must, and tries again.</summary>
/// <remarks>The watch is asked for anew after each wait: the socket may have been closed meanwhile, and its descriptor
/// may be another's.</remarks>
internal static class SocketCalls
{
    // What is received into before it is known how much it is. Nobody waits while it is in use.
    [ThreadStatic]
    private static byte[]? t_scratch;

    private const int ScratchSize = 64 * 1024;

    /// <summary>When a full Unix socket is tried again: the system tells of room only who has filled it, or is connected
    /// to it.</summary>
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(1);

    public static async Coroutine<int> ReceiveAsync(EventLoop loop, Socket socket, Memory<byte> buffer)
    {
        // No bytes need no waiting.
        while (!buffer.IsEmpty)
        {
            PollWatch watch = loop.Poller.Watch(socket);
            int count = watch.TryReceive(socket, buffer.Span, out SocketError error);
            if (error != SocketError.WouldBlock)
            {
                return error == SocketError.Success ? count : throw new SocketException((int)error);
            }

            SocketWait wait = SocketWait.ForInput(loop, watch);
            try
            {
                await wait.Future;
            }
            finally
            {
                wait.EndInput(watch);
            }
        }

        return 0;
    }

    public static async Coroutine<byte[]> ReceiveAsync(EventLoop loop, Socket socket, int sizeMax)
    {
        while (sizeMax > 0)
        {
            PollWatch watch = loop.Poller.Watch(socket);
            byte[]? bytes = TryReceive(watch, socket, sizeMax, out SocketError error);
            if (error != SocketError.WouldBlock)
            {
                return bytes ?? throw new SocketException((int)error);
            }

            SocketWait wait = SocketWait.ForInput(loop, watch);
            try
            {
                await wait.Future;
            }
            finally
            {
                wait.EndInput(watch);
            }
        }

        return [];
    }

    public static async Coroutine<(int Count, EndPoint? From)> ReceiveFromAsync(
        EventLoop loop, Socket socket, Memory<byte> buffer)
    {
        while (true)
        {
            PollWatch watch = loop.Poller.Watch(socket);
            int count = watch.TryReceiveFrom(socket, buffer.Span, out EndPoint? from, out SocketError error);
            if (error != SocketError.WouldBlock)
            {
                return error == SocketError.Success ? (count, from) : throw new SocketException((int)error);
            }

            SocketWait wait = SocketWait.ForInput(loop, watch);
            try
            {
                await wait.Future;
            }
            finally
            {
                wait.EndInput(watch);
            }
        }
    }

    public static async Coroutine<(byte[] Data, EndPoint? From)> ReceiveFromAsync(
        EventLoop loop, Socket socket, int sizeMax)
    {
        while (true)
        {
            PollWatch watch = loop.Poller.Watch(socket);
            byte[]? bytes = TryReceiveFrom(watch, socket, sizeMax, out EndPoint? from, out SocketError error);
            if (error != SocketError.WouldBlock)
            {
                return bytes is null ? throw new SocketException((int)error) : (bytes, from);
            }

            SocketWait wait = SocketWait.ForInput(loop, watch);
            try
            {
                await wait.Future;
            }
            finally
            {
                wait.EndInput(watch);
            }
        }
    }

    public static async Coroutine SendAllAsync(EventLoop loop, Socket socket, ReadOnlyMemory<byte> data)
    {
        while (true)
        {
            PollWatch watch = loop.Poller.Watch(socket);
            int count = watch.TrySend(socket, data.Span, out SocketError error);
            if (count == data.Length && error == SocketError.Success)
            {
                return;
            }

            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                throw new SocketException((int)error);
            }

            // A send that took a part has filled the buffer: it says the same as one that took nothing.
            data = data[count..];
            SocketWait wait = SocketWait.ForOutput(loop, watch);
            try
            {
                await wait.Future;
            }
            finally
            {
                wait.EndOutput(watch);
            }
        }
    }

    public static async Coroutine<int> SendToAsync(
        EventLoop loop, Socket socket, ReadOnlyMemory<byte> data, EndPoint to)
    {
        while (true)
        {
            PollWatch watch = loop.Poller.Watch(socket);
            int count = watch.TrySendTo(socket, data.Span, to, out SocketError error);
            if (error != SocketError.WouldBlock)
            {
                return error == SocketError.Success ? count : throw new SocketException((int)error);
            }

            if (socket.AddressFamily == AddressFamily.Unix)
            {
                await Sleeping.Call(s_retryDelay);
                continue;
            }

            SocketWait wait = SocketWait.ForOutput(loop, watch);
            try
            {
                await wait.Future;
            }
            finally
            {
                wait.EndOutput(watch);
            }
        }
    }

    public static async Coroutine ConnectAsync(EventLoop loop, Socket socket, EndPoint remote)
    {
        if (remote is DnsEndPoint name)
        {
            // A dual-mode socket takes both families.
            AddressFamily family = socket.AddressFamily == AddressFamily.InterNetworkV6 && socket.DualMode
                ? AddressFamily.Unspecified
                : socket.AddressFamily;
            IPAddress[] addresses = await HostResolver.ResolveAsync(loop, name.Host, family);
            remote = new IPEndPoint(addresses[0], name.Port);
        }

        SocketError error = loop.Poller.Watch(socket).TryConnect(socket, remote);
        while (error == SocketError.InProgress)
        {
            PollWatch watch = loop.Poller.Watch(socket);
            SocketWait wait = SocketWait.ForOutput(loop, watch);
            try
            {
                await wait.Future;
            }
            finally
            {
                wait.EndOutput(watch);
            }

            error = loop.Poller.Watch(socket).FinishConnect(socket, remote);
        }

        if (error != SocketError.Success)
        {
            throw NetworkErrors.Create(error, $"Cannot connect to {remote}");
        }
    }

    public static async Coroutine<(Socket Connection, EndPoint From)> AcceptAsync(EventLoop loop, Socket listener)
    {
        while (true)
        {
            PollWatch watch = loop.Poller.Watch(listener);
            Socket? connection = watch.TryAccept(listener, out SocketError error);
            if (connection is not null)
            {
                return (connection, connection.RemoteEndPoint!);
            }

            if (error != SocketError.WouldBlock)
            {
                throw new SocketException((int)error);
            }

            SocketWait wait = SocketWait.ForInput(loop, watch);
            try
            {
                await wait.Future;
            }
            finally
            {
                wait.EndInput(watch);
            }
        }
    }

    private static byte[]? TryReceive(PollWatch watch, Socket socket, int sizeMax, out SocketError error)
    {
        byte[] buffer = BufferFor(sizeMax);
        int count = watch.TryReceive(socket, buffer.AsSpan(0, sizeMax), out error);
        return error == SocketError.Success ? Take(buffer, count) : null;
    }

    private static byte[]? TryReceiveFrom(
        PollWatch watch, Socket socket, int sizeMax, out EndPoint? from, out SocketError error)
    {
        byte[] buffer = BufferFor(sizeMax);
        int count = watch.TryReceiveFrom(socket, buffer.AsSpan(0, sizeMax), out from, out error);
        return error == SocketError.Success ? Take(buffer, count) : null;
    }

    private static byte[] BufferFor(int sizeMax) => sizeMax > ScratchSize
        ? GC.AllocateUninitializedArray<byte>(sizeMax)
        : t_scratch ??= GC.AllocateUninitializedArray<byte>(ScratchSize, pinned: true);

    /// <summary>The bytes, in an array of their own.</summary>
    private static byte[] Take(byte[] buffer, int count) =>
        buffer != t_scratch && buffer.Length == count ? buffer : buffer.AsSpan(0, count).ToArray();
}
