using System.Globalization;
using System.Net.Sockets;

namespace Gyre.Polling.Tests;

/// <summary>What the kernel is asked to report, as it says itself in /proc.</summary>
public sealed class EpollRegistrationTests : IDisposable
{
    private const uint Input = Libc.EpollIn | Libc.EpollUrgent | Libc.EpollReadHangUp | Libc.EpollEdge;

    // The kernel reports these whether it is asked to or not, and adds them to what it was asked.
    private const uint Always = Libc.EpollError | Libc.EpollHangUp;

    private readonly EpollPoller? _poller;
    private readonly PollerHarness? _harness;

    public EpollRegistrationTests()
    {
        Assert.SkipUnless(Poller.IsSupported(PollerBackend.Epoll), "This machine has no epoll.");
        _poller = new EpollPoller();
        _harness = new PollerHarness(_poller);
    }

    private PollerHarness Harness => _harness!;

    public void Dispose() => _harness?.Dispose();

    [Fact]
    public void Connection_NotReceiving_IsNotRegistered()
    {
        Harness.Connect();
        Harness.Settle();
        Assert.Empty(Registrations());
    }

    [Fact]
    public void Connection_StoppedAndStarted_StaysRegisteredForInputOnly()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        peer.Send([1]);
        Harness.RunUntil(() => sink.Count == 1);
        Assert.Equal([Input], Registrations());
        socket.StopReceiving();
        Assert.Equal([Input], Registrations());
        socket.Close(abort: false);
        Assert.Empty(Registrations());
    }

    [Fact]
    public void Connection_FullThenDrained_IsRegisteredForOutputMeanwhile()
    {
        using var folder = new TemporaryFolder();
        var address = new UnixDomainSocketEndPoint(folder.Combine("s"));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen();
        PollSocket socket = Harness.Poller.CreateSocket(
            AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var connected = new ConnectRecorder();
        socket.Connect(address, connected);
        Harness.RunUntil(() => connected.IsDone);
        using Socket peer = listener.Accept();

        var sender = new SocketSender(socket, GC.AllocateArray<byte>(2_000_000, pinned: true));
        Assert.True(sender.Waits > 0);
        Assert.Equal([Input | Libc.EpollOut], Registrations());
        byte[] buffer = new byte[100_000];
        peer.Blocking = false;
        Harness.RunUntil(
            () =>
            {
                peer.Receive(buffer, SocketFlags.None, out _);
                return sender.IsDone;
            });

        // A Unix socket tells of room after each message that the peer takes. Nobody wants to know any more.
        Harness.RunUntil(
            () =>
            {
                peer.Receive(buffer, SocketFlags.None, out _);
                return Registrations() is [Input];
            });
    }

    [Fact]
    public void Listener_Stopped_IsNotRegistered()
    {
        PollSocket listener = Harness.Poller.Attach(Harness.Listen());
        var sink = new AcceptRecorder();
        listener.StartAccepting(sink);
        Assert.Equal([Libc.EpollIn], Registrations());
        listener.StopAccepting();
        Assert.Empty(Registrations());
    }

    /// <summary>The events of each registration but that of the eventfd.</summary>
    private List<uint> Registrations() =>
        [.. File.ReadLines($"/proc/self/fdinfo/{_poller!.Descriptor}")
            .Where(line => line.StartsWith("tfd:", StringComparison.Ordinal))
            .Where(line => !line.Contains("data: ffffffffffffffff", StringComparison.Ordinal))
            .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[3])
            .Select(events => uint.Parse(events, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .Select(events => events & ~Always)];

    [Fact]
    public void Watch_SystemCannotWait_NothingIsUnderWay()
    {
        using var device = File.OpenHandle("/dev/null");
        PollWatch watch = Harness.Poller.Watch(device);
        Assert.Throws<InvalidOperationException>(() => watch.WatchInput(new WatchRecorder()));
        Assert.Null(watch.InputSink);
        Assert.False(Harness.Poller.HasOperations);
    }
}
