using System.Net.Sockets;

namespace Gyre.Polling.Tests;

/// <summary>What is io_uring's own: its buffers, its thread, and what it keeps of closed sockets.</summary>
public sealed class UringTests : IDisposable
{
    private readonly UringPoller? _poller;
    private readonly PollerHarness? _harness;

    public UringTests()
    {
        Assert.SkipUnless(Poller.IsSupported(PollerBackend.IoUring), "This machine has no io_uring.");
        _poller = (UringPoller)Poller.Create(PollerBackend.IoUring);
        _harness = new PollerHarness(_poller);
    }

    private PollerHarness Harness => _harness!;

    private UringPoller Uring => _poller!;

    public void Dispose() => _harness?.Dispose();

    [Fact]
    public void Receive_MoreConnectionsThanBuffers_AllAreServedAndEveryBufferComesBack()
    {
        const int Count = 200;
        Harness.Turn();
        int before = Uring.Buffers.Count;
        Assert.InRange(before, 1, Count - 1);
        (PollSocket Socket, Socket Peer)[] pairs = [.. Enumerable.Range(0, Count).Select(_ => Harness.Connect())];
        ReceiveRecorder[] sinks = [.. pairs.Select(_ => new ReceiveRecorder())];
        for (int round = 1; round <= 3; round++)
        {
            for (int i = 0; i < Count; i++)
            {
                pairs[i].Peer.Send([1, 2, 3]);
                if (round == 1)
                {
                    pairs[i].Socket.StartReceiving(sinks[i]);
                }
            }

            Harness.RunUntil(() => sinks.All(sink => sink.Count == 3 * round));
        }

        Assert.True(Uring.Buffers.Count > before, "There were too few.");
        Assert.Equal(0, Uring.Buffers.TakenCount);
    }

    [Fact]
    public void StopReceiving_InputIsThere_BuffersAreNotHeld()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Harness.Settle();
        peer.Send([1, 2, 3]);
        while (Harness.PollOnly(timeoutNanoseconds: 10_000_000) == 0)
        {
            Assert.True(Uring.HasOperations);
        }

        Assert.Equal(1, Uring.Buffers.TakenCount);
        socket.StopReceiving();
        Harness.Settle();
        Assert.Equal(0, Uring.Buffers.TakenCount);
        socket.StartReceiving(sink);
        Harness.RunUntil(() => sink.Count == 3);
        Assert.Equal([1, 2, 3], sink.Bytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Close_EverythingIsUnderWay_NothingIsKept(bool abort)
    {
        for (int i = 0; i < 20; i++)
        {
            (PollSocket server, PollSocket client) = Harness.ConnectBoth();
            PollSocket listener = Harness.Poller.Attach(Harness.Listen());
            listener.StartAccepting(new AcceptRecorder());
            server.StartReceiving(new ReceiveRecorder());
            client.StartReceiving(new ReceiveRecorder());
            client.Send(GC.AllocateArray<byte>(4_000_000, pinned: true), new SendRecorder());
            Harness.PollOnly(timeoutNanoseconds: 0);
            server.TrySend([1], out _);
            client.Close(abort);
            server.Close(abort);
            listener.Close(abort);
            Harness.ExecuteReady();
        }

        Harness.RunUntil(() => Uring.Sockets.Count == 0);
        Assert.Equal(0, Uring.Buffers.TakenCount);
        Assert.False(Uring.HasOperations);
    }

    /// <summary>A request holds the open file: one that is left would keep the connection until the peer reads.</summary>
    [Fact]
    public void Close_AbortsASendThatNobodyReads_RequestEndsAtOnce()
    {
        (PollSocket server, PollSocket client) = Harness.ConnectBoth();
        byte[] data = GC.AllocateArray<byte>(1_000_000, pinned: true);
        Harness.RunUntil(() => client.TrySend(data, out _) == 0, timeoutNanoseconds: 1_000_000);
        client.Send(data, new SendRecorder());
        Harness.Settle();
        client.Close(abort: true);
        Harness.RunUntil(() => Uring.Sockets.Count == 1);
        server.Close(abort: true);
    }

    [Fact]
    public void Poll_OnAnotherThread_ThrowsAndSaysWhatToDo()
    {
        Harness.Turn();
        (PollSocket socket, _) = Harness.Connect();
        socket.StartReceiving(new ReceiveRecorder());
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(() => Harness.Turn(timeoutNanoseconds: 1000)));
        thread.Start();
        thread.Join();
        string message = Assert.IsType<InvalidOperationException>(error).Message;
        Assert.Contains("thread that polled first", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Poll_PollerMadeOnAnotherThread_BelongsToTheOneThatPolls()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Assert.Equal(1, socket.TrySend([7], out _));
        peer.Send([1]);
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(() => Harness.RunUntil(() => sink.Count == 1)));
        thread.Start();
        thread.Join();
        Assert.Null(error);
        byte[] received = new byte[1];
        Assert.Equal(1, peer.Receive(received));
        Assert.Equal([7], received);
    }

    [Fact]
    public void Dispose_OwnerThreadHasEnded_PeerSeesTheEnd()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        socket.StartReceiving(new ReceiveRecorder());
        var owner = new Thread(() => Harness.Settle());
        owner.Start();
        owner.Join();
        Harness.Poller.Dispose();
        Assert.True(socket.IsClosed);
        Assert.Equal(0, peer.Receive(new byte[1]));
    }

    /// <summary>Whether output that was staged last fits comes to light only when the kernel takes it: the poller closed such
    /// a connection in order, and the peer took a part for the whole.</summary>
    [Fact]
    public void Dispose_LastOutputDoesNotFit_PeerHearsOfIt()
    {
        const int PieceSize = 4096;
        const int PiecesMax = 500;
        int fitting = 0;
        for (bool isFull = false; !isFull; fitting++)
        {
            Assert.True(fitting < PiecesMax, "The buffers were to be small.");
            using var harness = new PollerHarness(Poller.Create(PollerBackend.IoUring));
            harness.Turn();
            (PollSocket socket, Socket peer) = harness.Connect(static socket =>
            {
                socket.SendBufferSize = PieceSize;
                socket.ReceiveBufferSize = PieceSize;
            });
            for (int i = 0; i <= fitting; i++)
            {
                isFull |= socket.TrySend(new byte[PieceSize], out _) == 0;
            }

            harness.Poller.Dispose();
            AssertWholeOrReset(peer, (fitting + 1) * PieceSize);
        }
    }

    private static void AssertWholeOrReset(Socket peer, int expected)
    {
        int count = 0;
        byte[] buffer = new byte[64 * 1024];
        try
        {
            for (int received; (received = peer.Receive(buffer)) > 0;)
            {
                count += received;
            }

            Assert.Equal(expected, count);
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    [Theory]
    [InlineData(-Errno.NotPermitted, "forbidden")]
    [InlineData(-Errno.NotImplemented, "sandbox")]
    [InlineData(-Errno.NoMemory, "ulimit -l")]
    [InlineData(-Errno.Invalid, "6.1")]
    [InlineData(-Errno.TooManyFiles, "descriptor")]
    [InlineData(-Errno.Fault, "errno 14")]
    public void Describe_Failure_SaysWhatCanBeDone(int error, string expected) =>
        Assert.Contains(expected, UringSupport.Describe(error), StringComparison.Ordinal);
}
