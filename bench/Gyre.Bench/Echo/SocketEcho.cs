using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Bench;

/// <summary>The same with plain sockets: asyncio's sock_recv and sock_sendall.</summary>
internal static class SocketEcho
{
    public static async Coroutine Serve(int port, int backlog)
    {
        EventLoop loop = EventLoop.Running;
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(backlog);
        LoopTask accepting = Aio.CreateTask(AcceptAsync(loop, listener));
        Action<PosixSignalContext> stop = context =>
        {
            context.Cancel = true;
            loop.CallSoonThreadSafe(() => accepting.Cancel());
        };
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, stop);
        Console.WriteLine($"listening {(IPEndPoint)listener.LocalEndPoint!}");
        await Aio.Wait([accepting]);
    }

    private static async Coroutine AcceptAsync(EventLoop loop, Socket listener)
    {
        while (true)
        {
            (Socket connection, _) = await loop.SockAcceptAsync(listener);
            connection.NoDelay = true;
            _ = Aio.CreateTask(EchoAsync(loop, connection));
        }
    }

    private static async Coroutine EchoAsync(EventLoop loop, Socket connection)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(HotBuffer.Size);
        using (connection)
        {
            try
            {
                while (await loop.SockRecvIntoAsync(connection, buffer) is var count and > 0)
                {
                    await loop.SockSendAllAsync(connection, buffer.AsMemory(0, count));
                }
            }
            catch (SocketException)
            {
                // The client is gone, which is how a load client ends.
            }
        }
    }
}
