using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>Tests that count the process's sockets and the kernel's objects of its loops: no other test may run
/// meanwhile.</summary>
[Collection(nameof(SequentialCollection))]
public class DescriptorTests : NetworkTest
{
    /// <summary>The runtime ends the process when it cannot make a thread for want of descriptors: a server that finds
    /// none leaves it some, and takes them back before it accepts again.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Accept_NoDescriptorIsLeft_SomeAreLeftToTheRuntime(PollerBackend backend)
    {
        Assert.SkipUnless(Directory.Exists("/proc/self/fd"), "The descriptors cannot be counted here.");
        var poller = new StarvedPoller(Poller.Create(backend));
        RunWith(
            new EventLoopOptions { Poller = poller },
            async () =>
            {
                EventLoop loop = EventLoop.Running;
                var accepted = new RecordingProtocol();
                Server server = await loop.CreateServer(() => accepted, "127.0.0.1", 0);
                int before = Spares();
                poller.IsStarved = true;
                (Transport transport, _) = await loop.CreateConnection(
                    () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
                await Until(() => Spares() == before - SpareDescriptors.Count);
                Assert.False(accepted.IsMade);
                poller.IsStarved = false;
                await Until(() => accepted.IsMade);
                Assert.Equal(before, Spares());
                transport.Close();
                await server.DisposeAsync();
                Assert.Equal(before - SpareDescriptors.Count, Spares());
            });
        Assert.NotEmpty(Reports);
    }

    /// <summary>CPython: StaggeredTests.test_first_timeout_second_successful.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_FirstAddressIsSilent_TheSecondStartsAfterTheDelay(PollerBackend backend) =>
        Run(backend, async () =>
        {
            EventLoop loop = EventLoop.Running;
            using FullListener full = await FullListener.OpenAsync();
            Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", full.Port);
            UseResolver((_, _) => [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]);
            int before = OpenDescriptors();
            TimeSpan start = loop.Time;
            (Transport transport, _) = await loop.CreateConnection(
                () => new RecordingProtocol(),
                "slow.example",
                PortOf(server),
                new ConnectionOptions { HappyEyeballsDelay = 30.Milliseconds() });
            Assert.InRange(loop.Time - start, 30.Milliseconds(), TimeSpan.FromMinutes(1));
            Assert.Equal(server.EndPoints[0], transport.RemoteEndPoint);

            // Ours, and the accepted end; the attempt that lost is closed.
            await Until(() => server.ClientCount == 1);
            await Until(() => OpenDescriptors() <= before + 2);
            transport.Close();
            await server.DisposeAsync();
        });

    /// <summary>CPython: StaggeredTests.test_cancelled, TestSSL.test_connect_timeout_warning. Guarantee
    /// G-68.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_Cancelled_ReturnsAtOnceWithoutADescriptor(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using FullListener full = await FullListener.OpenAsync();
        int before = OpenDescriptors();
        LoopTask<(Transport, RecordingProtocol)> task = Aio.CreateTask(loop.CreateConnection(
            () => new RecordingProtocol(), new IPEndPoint(IPAddress.Parse("127.0.0.2"), full.Port)));
        await Aio.Sleep(5.Milliseconds());
        Assert.False(task.IsDone);
        TimeSpan start = loop.Time;
        task.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.AsTask());

        // The system gives up after two minutes.
        Assert.InRange(loop.Time - start, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        await Until(() => OpenDescriptors() <= before);
    });

    /// <summary>CPython: StaggeredTests.test_cancelled. Guarantee G-68.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_CancelledAtAnyStep_LeavesNoDescriptor(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        int before = OpenDescriptors();
        for (int steps = 0; steps < 40; steps++)
        {
            LoopTask<(Transport Transport, RecordingProtocol Protocol)> task = Aio.CreateTask(loop.CreateConnection(
                () => new RecordingProtocol(), "127.0.0.1", PortOf(server)));
            for (int i = 0; i < steps % 8; i++)
            {
                await Aio.Yield();
            }

            task.Cancel();
            try
            {
                (await task).Transport.Close();
            }
            catch (CancelledException)
            {
                // Either it was in time, or the connection stands and is closed.
            }
        }

        await Until(() => server.ClientCount == 0 && OpenDescriptors() <= before);
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_FactoryThrows_LeavesNoDescriptor(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        int before = OpenDescriptors();
        await Assert.ThrowsAsync<FormatException>(() => loop.CreateConnection<RecordingProtocol>(
            () => throw new FormatException(), "127.0.0.1", PortOf(server)).AsTask());
        await Until(() => server.ClientCount == 0 && OpenDescriptors() <= before);
        await server.DisposeAsync();
    });

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_create_connection_timeout,
    /// test_create_connection_multiple_errors_local_addr, test_create_server_cant_bind.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnectionAndServer_ThatFail_LeaveNoDescriptor(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        int port = ClosedPort();
        int before = OpenDescriptors();
        await Assert.ThrowsAsync<SocketException>(
            () => loop.CreateConnection(() => new RecordingProtocol(), "127.0.0.1", port).AsTask());
        await Assert.ThrowsAsync<SocketException>(() => loop.CreateConnection(
            () => new RecordingProtocol(),
            "127.0.0.1",
            PortOf(server),
            new ConnectionOptions { LocalEndPoint = server.EndPoints[0] }).AsTask());
        await Assert.ThrowsAsync<SocketException>(
            () => loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", PortOf(server)).AsTask());
        await Until(() => OpenDescriptors() <= before);
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Loop_ManyConnectionsAndServers_GivesEveryDescriptorBack(PollerBackend backend)
    {
        // The runtime makes its own poller when it is first needed, and keeps it.
        Run(backend, OpenAndCloseAsync);
        int before = OpenDescriptors();
        Run(backend, async () =>
        {
            EventLoop loop = EventLoop.Running;
            Server server = await loop.CreateServer(
                () => new RecordingProtocol { OnData = (self, data) => self.Transport.Write(data) }, "127.0.0.1", 0);
            for (int i = 0; i < 200; i++)
            {
                (Transport transport, _) = await loop.CreateConnection(
                    () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
                transport.Write("x"u8);
                if (i % 5 == 0)
                {
                    transport.Abort();
                }
                else if (i % 3 == 0)
                {
                    transport.Close();
                }
                else if (i % 10 == 1)
                {
                    transport.WriteEof();
                }
            }

            // The rest is open when the loop closes. A thread of the pool may be about to close the last of it.
        });
        Assert.True(SpinWait.SpinUntil(() => OpenDescriptors() <= before, TimeSpan.FromMinutes(2)));
    }

    private static async Coroutine OpenAndCloseAsync()
    {
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        (Transport transport, _) = await loop.CreateConnection(
            () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
        transport.Close();
        await server.DisposeAsync();
    }

    /// <summary>Sockets, the kernel's objects behind pollers, and the spare descriptors. Not files: the runtime keeps
    /// those of the assemblies and symbols that it loads meanwhile.</summary>
    private static int OpenDescriptors()
    {
        // What earlier tests have dropped without closing must not be closed between two counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Count(IsCounted) : 0;
    }

    /// <summary>The descriptors that servers keep for the runtime, and what else is open so.</summary>
    private static int Spares() =>
        Directory.GetFiles("/proc/self/fd").Count(descriptor => TargetOf(descriptor) == "/dev/null");

    private static bool IsCounted(string descriptor)
    {
        string target = TargetOf(descriptor);
        return target == "/dev/null"
            || target.StartsWith("socket:", StringComparison.Ordinal)
            || target.StartsWith("anon_inode:", StringComparison.Ordinal);
    }

    private static string TargetOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget ?? "";
        }
        catch (IOException)
        {
            // Closed since the directory was read.
            return "";
        }
    }
}
