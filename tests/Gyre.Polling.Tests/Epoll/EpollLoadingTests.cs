using System.Net.Sockets;

namespace Gyre.Polling.Tests;

/// <summary>With many sockets the sinks of a batch read ahead what their turns will touch.</summary>
public sealed class EpollLoadingTests : IDisposable
{
    private const int Ready = 16;

    private readonly PollerHarness? _harness;
    private readonly List<Sink> _sinks = [];
    private readonly List<Socket> _peers = [];

    public EpollLoadingTests()
    {
        Assert.SkipUnless(Poller.IsSupported(PollerBackend.Epoll), "This machine has no epoll.");
        _harness = new PollerHarness(new EpollPoller());
    }

    private PollerHarness Harness => _harness!;

    public void Dispose() => _harness?.Dispose();

    [Fact]
    public void Poll_ManySocketsAndABatchOfThem_SinksLoadAheadAndGetTheirBytes()
    {
        ConnectAll();
        for (int i = 0; i < 128; i++)
        {
            Harness.Poller.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        }

        // How many are ready at once is the system's affair: sooner or later a batch of them is.
        int sent = 0;
        Harness.RunUntil(() =>
        {
            if (_sinks.TrueForAll(sink => sink.Count == sent))
            {
                SendAll();
                sent++;
            }

            return _sinks.Exists(sink => sink.Loads > 0);
        });
        Harness.RunUntil(() => _sinks.TrueForAll(sink => sink.Count == sent));
    }

    [Fact]
    public void Poll_FewSockets_NothingIsLoadedAhead()
    {
        ConnectAll();
        for (int sent = 1; sent <= 20; sent++)
        {
            SendAll();
            Harness.RunUntil(() => _sinks.TrueForAll(sink => sink.Count == sent));
        }

        Assert.All(_sinks, sink => Assert.Equal(0, sink.Loads));
    }

    private void ConnectAll()
    {
        for (int i = 0; i < Ready; i++)
        {
            (PollSocket socket, Socket peer) = Harness.Connect();
            var sink = new Sink();
            socket.StartReceiving(sink);
            _sinks.Add(sink);
            _peers.Add(peer);
        }
    }

    private void SendAll() => _peers.ForEach(static peer => peer.Send([1]));

    private sealed class Sink : ReceiveRecorder, IReceiveSink
    {
        public int Loads { get; private set; }

        int IReceiveSink.LoadAhead() => ++Loads;
    }
}
