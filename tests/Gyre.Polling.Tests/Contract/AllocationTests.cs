using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling.Tests;

/// <summary>Messages cost no allocation once a connection stands.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 200;
    private const int MessagesOfRound = 500;

    [Theory]
    [InlineData(PollerBackend.Epoll, false)]
    [InlineData(PollerBackend.Epoll, true)]
    [InlineData(PollerBackend.IoUring, false)]
    [InlineData(PollerBackend.IoUring, true)]
    public void Echo_Steady_AllocatesNothing(PollerBackend backend, bool buffered)
    {
        Assert.SkipUnless(Poller.IsSupported(backend), $"This machine has no {backend} backend.");
        using var harness = new PollerHarness(Poller.Create(backend));
        (PollSocket server, PollSocket client) = harness.ConnectBoth();
        var atServer = new Echo(server, 1024);
        var atClient = new Echo(client, 1024);
        server.StartReceiving(buffered ? new BufferedEcho(atServer) : atServer);
        client.StartReceiving(buffered ? new BufferedEcho(atClient) : atClient);
        client.TrySend(new byte[1024], out _);
        AssertNoAllocation(harness, atClient);
    }

    [Theory]
    [InlineData(PollerBackend.Epoll)]
    [InlineData(PollerBackend.IoUring)]
    public void Send_Steady_AllocatesNothing(PollerBackend backend)
    {
        Assert.SkipUnless(Poller.IsSupported(backend), $"This machine has no {backend} backend.");
        using var harness = new PollerHarness(Poller.Create(backend));
        (PollSocket server, PollSocket client) = harness.ConnectBoth();
        var atClient = new Echo(null, 1);
        client.StartReceiving(atClient);
        var sender = new EndlessSender(server);
        sender.GoOn();
        AssertNoAllocation(harness, atClient);
        Assert.True(sender.Sends > 10, "The sends were meant to go on.");
    }

    [Theory]
    [InlineData(PollerBackend.Epoll)]
    [InlineData(PollerBackend.IoUring)]
    [InlineData(PollerBackend.Portable)]
    public void Datagrams_Steady_AllocateNothing(PollerBackend backend)
    {
        Assert.SkipUnless(Poller.IsSupported(backend), $"This machine has no {backend} backend.");
        using var harness = new PollerHarness(Poller.Create(backend));
        (PollSocket socket, EndPoint address) server = Bind(harness);
        (PollSocket socket, EndPoint address) client = Bind(harness);
        var atServer = new DatagramEcho(server.socket);
        var atClient = new DatagramEcho(client.socket);
        server.socket.StartReceivingFrom(atServer);
        client.socket.StartReceivingFrom(atClient);
        client.socket.TrySendTo(new byte[1024], server.address);
        AssertNoAllocation(harness, () => atClient.Datagrams);
    }

    private static (PollSocket Socket, EndPoint Address) Bind(PollerHarness harness)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (harness.Poller.Attach(socket), socket.LocalEndPoint!);
    }

    private static void AssertNoAllocation(PollerHarness harness, Echo echo) =>
        AssertNoAllocation(harness, () => echo.Messages);

    /// <summary>Of several rounds, one allocates nothing: a message costs nothing, though the runtime may,
    /// now and then, when it compiles again what has become hot.</summary>
    private static void AssertNoAllocation(PollerHarness harness, Func<int> messages)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            RunUntil(harness, messages, messages() + MessagesOfRound);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static void RunUntil(PollerHarness harness, Func<int> messages, int end)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (messages() < end)
        {
            harness.Turn(timeoutNanoseconds: 100_000_000);
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(2), "the echo stopped");
        }
    }

    /// <summary>Sends back each message, or, without a socket, only counts what comes.</summary>
    private sealed class Echo(PollSocket? socket, int size) : IReceiveSink
    {
        private int _received;

        public int Messages { get; private set; }

        public void OnReceived(ReadOnlySpan<byte> data)
        {
            socket?.TrySend(data, out _);
            _received += data.Length;
            if (_received >= size)
            {
                _received = 0;
                Messages++;
            }
        }

        public void OnEndOfInput() => Assert.Fail("The peer does not end.");

        public void OnReceiveFailed(SocketError error) => Assert.Fail(error.ToString());
    }

    private sealed class DatagramEcho(PollSocket socket) : IDatagramSink
    {
        public int Datagrams { get; private set; }

        public void OnDatagram(ReadOnlySpan<byte> data, EndPoint from)
        {
            Datagrams++;
            if (socket.TrySendTo(data, from) is not SocketError.Success and var error)
            {
                Assert.Fail(error.ToString());
            }
        }

        public void OnDatagramFailed(SocketError error) => Assert.Fail(error.ToString());

        public void OnReceiveFailed(SocketError error) => Assert.Fail(error.ToString());
    }

    private sealed class BufferedEcho(Echo echo) : IBufferedReceiveSink
    {
        private readonly byte[] _buffer = new byte[4096];

        public Memory<byte> GetReceiveBuffer(int sizeHint) => _buffer;

        public void OnReceived(int count) => echo.OnReceived(_buffer.AsSpan(0, count));

        public void OnReceived(ReadOnlySpan<byte> data) => Assert.Fail("A buffered sink gets a count.");

        public void OnEndOfInput() => echo.OnEndOfInput();

        public void OnReceiveFailed(SocketError error) => echo.OnReceiveFailed(error);
    }

    private sealed class EndlessSender(PollSocket socket) : ISendSink
    {
        private readonly byte[] _data = GC.AllocateArray<byte>(256 * 1024, pinned: true);

        public int Sends { get; private set; }

        public void OnSent(int count, SocketError error) => GoOn();

        public void GoOn()
        {
            Sends++;
            socket.Send(_data, this);
        }
    }
}
