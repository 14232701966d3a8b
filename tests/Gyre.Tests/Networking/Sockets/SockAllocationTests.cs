using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>What a message through plain sockets allocates, after warm-up. Release builds: a debug build's state machines
/// are classes.</summary>
[Collection(nameof(SequentialCollection))]
public class SockAllocationTests
{
    private const int Messages = 1_000;

    private static readonly TimeSpan s_warmUpLimit = TimeSpan.FromMinutes(2);

    public static TheoryData<PollerBackend> LinuxBackends { get; } =
    [
        .. ((PollerBackend[])[PollerBackend.Epoll, PollerBackend.IoUring]).Where(Poller.IsSupported),
    ];

    [Theory(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    [MemberData(nameof(LinuxBackends))]
    public void SockEcho_Steady_AllocatesNothing(PollerBackend backend) => Aio.Run(
        async () =>
        {
            EventLoop loop = EventLoop.Running;
            using var pair = new SocketPair();
            LoopTask server = Aio.CreateTask(EchoAsync(loop, pair.First));
            byte[] data = new byte[1000];
            byte[] buffer = new byte[2000];

            // The pools fill at once, but the compiler's tiers take their time, in the background.
            long start = TimeProvider.System.GetTimestamp();
            long allocated = long.MaxValue;
            while (allocated > 0 && TimeProvider.System.GetElapsedTime(start) < s_warmUpLimit)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < Messages; i++)
                {
                    await loop.SockSendAllAsync(pair.Second, data);
                    for (int left = data.Length; left > 0;)
                    {
                        left -= await loop.SockRecvIntoAsync(pair.Second, buffer);
                    }
                }

                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }

            Assert.Equal(0, allocated);
            pair.Second.Shutdown(SocketShutdown.Send);
            await server;
        },
        new EventLoopOptions { Backend = backend });

    private static async Coroutine EchoAsync(EventLoop loop, Socket socket)
    {
        byte[] buffer = new byte[2000];
        while (await loop.SockRecvIntoAsync(socket, buffer) is var count and > 0)
        {
            await loop.SockSendAllAsync(socket, buffer.AsMemory(0, count));
        }
    }
}
