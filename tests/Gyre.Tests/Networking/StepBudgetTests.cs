using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>A task whose awaits end at once for ever keeps nobody's connection, timer or task waiting. Guarantee
/// G-83.</summary>
public sealed class StepBudgetTests : NetworkTest
{
    private const int Messages = 20;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Await_OfAQueueThatIsNeverEmpty_ConnectionsTimersAndTasksAreServed(PollerBackend backend) => Run(
        backend,
        async () =>
        {
            var queue = new LoopQueue<int>();
            queue.TryPut(0);
            await ServeBeside(async _ => queue.TryPut(await queue.GetAsync()));
        });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Await_OfABufferedReaderThatIsNeverEmpty_ConnectionsTimersAndTasksAreServed(PollerBackend backend) => Run(
        backend,
        async () =>
        {
            var reader = new LoopStreamReader();
            byte[] one = new byte[1];
            await ServeBeside(async _ =>
            {
                reader.FeedData("x"u8);
                Assert.Equal(1, await reader.ReadAsync(one));
            });
        });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Await_OfADrainThatNeedNotWait_ConnectionsTimersAndTasksAreServed(PollerBackend backend) => Run(
        backend, async () => await ServeBeside(async connection => await connection.Writer.DrainAsync()));

    /// <summary>Runs a call again and again in one task, and meanwhile an echo over a socket, a timer and a task.</summary>
    private static async Coroutine ServeBeside(Func<Connection, Coroutine> call)
    {
        EventLoop loop = EventLoop.Running;
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        bool stop = false;
        int turns = 0;
        Connection connection = await Aio.OpenConnection("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port);
        LoopTask busy = Aio.CreateTask(RunBusily());
        LoopTask counter = Aio.CreateTask(CountTurns());
        using Socket peer = listener.Accept();
        byte[] received = new byte[1];
        for (int i = 0; i < Messages; i++)
        {
            peer.Send([(byte)i]);
            await connection.Reader.ReadExactlyAsync(received);
            Assert.Equal(i, received[0]);
            await Aio.Sleep(TimeSpan.FromMicroseconds(100));
        }

        Assert.True(turns >= Messages);
        Assert.False(busy.IsDone);
        stop = true;
        await Aio.Gather([busy, counter]);
        await connection.DisposeAsync();

        async Coroutine RunBusily()
        {
            while (!stop)
            {
                await call(connection);
            }
        }

        async Coroutine CountTurns()
        {
            for (; !stop; turns++)
            {
                await Aio.Yield();
            }
        }
    }
}
