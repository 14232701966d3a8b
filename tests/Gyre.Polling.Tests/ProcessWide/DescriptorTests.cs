using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Gyre.Polling.Tests;

[Collection<ProcessWideCollection>]
public sealed class DescriptorTests
{
    private readonly bool _isLinux = OperatingSystem.IsLinux();

    public static TheoryData<PollerBackend> Backends { get; } =
    [
        .. Enum.GetValues<PollerBackend>()
            .Where(backend => backend != PollerBackend.Auto && Poller.IsSupported(backend)),
    ];

    public DescriptorTests() => Assert.SkipUnless(_isLinux, "Descriptors are counted in /proc.");

    [Theory]
    [MemberData(nameof(Backends))]
    public void Connections_OpenedAndClosedInEveryWay_NoDescriptorIsLeft(PollerBackend backend)
    {
        // The first round opens what the BCL keeps for the life of the process.
        OpenAndClose(backend, rounds: 3);
        int before = CountDescriptors();
        OpenAndClose(backend, rounds: 50);
        AssertNoneLeft(before);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Poller_DisposedWithEverythingUnderWay_NoDescriptorIsLeft(PollerBackend backend)
    {
        OpenAndDispose(backend);
        int before = CountDescriptors();
        for (int i = 0; i < 20; i++)
        {
            OpenAndDispose(backend);
        }

        AssertNoneLeft(before);
    }

    [Fact]
    public void Poller_Forgotten_ItsFinaliserClosesWhatItAccepted()
    {
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        AcceptAndForget(peer);
        peer.ReceiveTimeout = 120_000;
        long start = TimeProvider.System.GetTimestamp();
        while (!peer.Poll(microSeconds: 1000, SelectMode.SelectRead))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(2), "nobody closed it");
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(0, peer.Receive(new byte[1]));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Accept_NoDescriptorIsLeft_IsReportedAndCanGoOn(PollerBackend backend)
    {
        using var harness = new PollerHarness(Poller.Create(backend));
        Socket listening = harness.Listen();
        EndPoint address = listening.LocalEndPoint!;
        PollSocket listener = harness.Poller.Attach(listening);
        var sink = new AcceptRecorder();
        listener.StartAccepting(sink);
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Connect(address);
        harness.RunUntil(() => sink.Connections.Count == 1);

        // io_uring reads the limit when accepting starts: it must do so after the limit was lowered.
        listener.StopAccepting();
        harness.Settle();
        using (DescriptorLimit.Exhaust())
        {
            listener.StartAccepting(sink);
            second.Connect(address);
            harness.RunUntil(() => sink.Failures.Count > 0);
            Assert.False(harness.Poller.HasOperations);
            harness.Settle();
        }

        Assert.Equal([SocketError.TooManyOpenSockets], sink.Failures);
        Assert.Single(sink.Connections);
        listener.StartAccepting(sink);
        harness.RunUntil(() => sink.Connections.Count == 2);
        Assert.Equal(second.LocalEndPoint, sink.Connections[1].RemoteEndPoint);
    }

    [Fact]
    public void CreateSocket_NoDescriptorIsLeft_Throws()
    {
        using var poller = Poller.Create(PollerBackend.Epoll);
        using (DescriptorLimit.Exhaust())
        {
            SocketException error = Assert.Throws<SocketException>(
                () => poller.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            Assert.Equal(SocketError.TooManyOpenSockets, error.SocketErrorCode);
            error = Assert.Throws<SocketException>(() => Poller.Create(PollerBackend.Epoll));
            Assert.Equal(SocketError.TooManyOpenSockets, error.SocketErrorCode);
        }
    }

    /// <summary>The descriptors that are open, and the one that lists them.</summary>
    internal static List<int> Descriptors() =>
        [.. Directory.GetFileSystemEntries("/proc/self/fd")
            .Select(entry => int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture))];

    /// <summary>A watch whose descriptor was closed without a word must leave the next file with its number alone.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Watch_NumberIsAnotherSocketsByThen_IsForgotten(PollerBackend backend)
    {
        Assert.SkipWhen(backend == PollerBackend.Portable, "There sockets are not known by their descriptors.");
        using var harness = new PollerHarness(Poller.Create(backend));
        PollWatch watch;
        PollSocket next;
        nint number;
        int attempts = 0;
        do
        {
            // The system gives the lowest number that is free. The runtime may open something meanwhile.
            Assert.True(++attempts < 100, "The number of a closed socket is not given again.");
            var watched = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            number = watched.SafeHandle.DangerousGetHandle();
            watch = harness.Poller.Watch(watched);
            watch.WatchInput(new WatchRecorder());
            watch.WatchOutput(new WatchRecorder());
            watched.Dispose();
            next = harness.Poller.CreateSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        }
        while (next.Socket.SafeHandle.DangerousGetHandle() != number);
        Assert.Null(watch.InputSink);
        Assert.False(watch.StopOutput());
        next.Socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var sink = new DatagramRecorder();
        next.StartReceivingFrom(sink);
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.SendTo([1], next.LocalEndPoint!);
        harness.RunUntil(() => sink.Count == 1);
    }

    /// <summary>There are no more than before. A pool thread may be about to close the last ones, of before
    /// or of now.</summary>
    internal static void AssertNoneLeft(int before)
    {
        long start = TimeProvider.System.GetTimestamp();
        int count;
        do
        {
            count = CountDescriptors();
        }
        while (count > before && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(2));
        Assert.InRange(count, 0, before);
    }

    internal static int CountDescriptors()
    {
        // What earlier tests have dropped without closing must not be closed between two counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Descriptors().Count;
    }

    private static void OpenAndClose(PollerBackend backend, int rounds)
    {
        using var harness = new PollerHarness(Poller.Create(backend));
        for (int round = 0; round < rounds; round++)
        {
            (PollSocket server, PollSocket client) = harness.ConnectBoth();
            var atServer = new ReceiveRecorder();
            server.StartReceiving(atServer);
            client.TrySend([1, 2, 3], out _);
            harness.RunUntil(() => atServer.Count == 3);
            if (round % 3 == 0)
            {
                // The BCL owns the descriptor from here on.
                server.Socket.NoDelay = true;
            }

            client.Close(abort: round % 2 == 0);
            harness.RunUntil(() => atServer.IsOver);
            server.Close(abort: round % 5 == 0);

            using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            PollSocket refused = harness.Poller.CreateSocket(
                AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var sink = new ConnectRecorder();
            refused.Connect(bound.LocalEndPoint!, sink);
            harness.RunUntil(() => sink.IsDone);
            refused.Close(abort: false);
        }
    }

    private static void OpenAndDispose(PollerBackend backend)
    {
        using var harness = new PollerHarness(Poller.Create(backend));
        (PollSocket server, PollSocket client) = harness.ConnectBoth();
        server.StartReceiving(new ReceiveRecorder());
        client.StartReceiving(new ReceiveRecorder());
        Socket listening = harness.Listen();
        EndPoint address = listening.LocalEndPoint!;
        harness.Poller.Attach(listening).StartAccepting(new AcceptRecorder());
        PollSocket connecting = harness.Poller.CreateSocket(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        connecting.Connect(address, new ConnectRecorder());
        client.Send(GC.AllocateArray<byte>(4_000_000, pinned: true), new SendRecorder());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AcceptAndForget(Socket peer)
    {
        // Not a harness: it must not be disposed.
        var poller = Poller.Create(PollerBackend.Epoll);
        var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        EndPoint address = listening.LocalEndPoint!;
        PollSocket listener = poller.Attach(listening);
        var sink = new AcceptRecorder();
        listener.StartAccepting(sink);
        peer.Connect(address);
        var harness = new PollerHarness(poller);
        harness.RunUntil(() => sink.Connections.Count == 1);
        sink.Connections[0].StartReceiving(new ReceiveRecorder());
    }
}
