using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Gyre.Polling.Tests;

public abstract partial class PollerContract
{
    private const long LongWait = 30_000_000_000;

    private static readonly TimeSpan s_longWait = TimeSpan.FromSeconds(25);

    [Theory]
    [InlineData(1)]
    [InlineData(700_000)]
    [InlineData(1_000_000)]
    [InlineData(3_300_000)]
    public void Poll_NothingHappens_WaitsNoLessThanTheTimeout(long nanoseconds)
    {
        for (int i = 0; i < 10; i++)
        {
            TimeSpan waited = Measure(() => Harness.Turn(nanoseconds));
            Assert.True(waited.TotalNanoseconds >= nanoseconds, $"waited for {waited.TotalNanoseconds} ns only");
        }

        Assert.Equal(0, Harness.Enqueued);
    }

    [Fact]
    public void Poll_NoTimeout_Returns()
    {
        (PollSocket socket, _) = Harness.Connect();
        socket.StartReceiving(new ReceiveRecorder());
        Assert.True(Measure(() => Harness.Turn(timeoutNanoseconds: 0)) < s_longWait);
        Assert.Equal(0, Harness.Enqueued);
    }

    [Fact]
    public async Task Poll_InputArrivesDuringTheWait_EndsIt()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Harness.Settle();
        Task sending = Task.Run(() => peer.Send([1]));
        Assert.True(Measure(() => Harness.Turn(LongWait)) < s_longWait);
        Assert.Equal(1, sink.Count);
        await sending;
    }

    [Fact]
    public void Wake_BeforeThePoll_ItReturnsAtOnce()
    {
        for (int i = 0; i < 3; i++)
        {
            Poller.Wake();
            Assert.True(Measure(() => Harness.Turn(LongWait)) < s_longWait);
        }
    }

    [Fact]
    public void Wake_DuringTheWait_EndsIt()
    {
        for (int i = 0; i < 20; i++)
        {
            Thread waking = InBackground(Poller.Wake);
            Assert.True(Measure(() => Harness.Turn(LongWait)) < s_longWait);
            waking.Join();
        }
    }

    [Fact]
    public void Wake_Often_CountsAsOne()
    {
        for (int i = 0; i < 10; i++)
        {
            Poller.Wake();
        }

        Harness.Turn(LongWait);
        Assert.True(Measure(() => Harness.Turn(timeoutNanoseconds: 5_000_000)).TotalMilliseconds >= 5);
    }

    [Fact]
    public void Wake_BeforeAPollThatDoesNotWait_IsUsedUp()
    {
        Poller.Wake();
        Harness.Turn(timeoutNanoseconds: 0);
        Assert.True(Measure(() => Harness.Turn(timeoutNanoseconds: 5_000_000)).TotalMilliseconds >= 5);
    }

    [Fact]
    public void Wake_FromManyThreads_OwnerSeesAllThatTheyWrote()
    {
        const int Threads = 4;
        const int ItemsOfEach = 20_000;
        var inbox = new ConcurrentQueue<int>();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(Produce))];
        Array.ForEach(threads, thread => thread.Start());
        int seen = 0;
        while (seen < Threads * ItemsOfEach)
        {
            // A lost wake shows as a wait that lasts to its end.
            Assert.True(Measure(() => Harness.Turn(LongWait)) < s_longWait);
            for (int count = inbox.Count; count > 0 && inbox.TryDequeue(out _); count--)
            {
                seen++;
            }

            if (!inbox.IsEmpty)
            {
                // What came since the count was taken is looked at in the next round, as a loop does.
                Poller.Wake();
            }
        }

        Array.ForEach(threads, thread => thread.Join());
        Assert.Empty(inbox);

        void Produce()
        {
            for (int i = 0; i < ItemsOfEach; i++)
            {
                inbox.Enqueue(i);
                Poller.Wake();
            }
        }
    }

    [Fact]
    public void Wake_WhileThePollerIsDisposed_DoesNothing()
    {
        using var ended = new CancellationTokenSource();
        CancellationToken token = ended.Token;
        var waker = new Thread(() =>
        {
            while (!token.IsCancellationRequested)
            {
                Poller.Wake();
            }
        });
        waker.Start();
        for (int i = 0; i < 100; i++)
        {
            Harness.Turn(timeoutNanoseconds: 1000);
        }

        Poller.Dispose();
        ended.Cancel();
        waker.Join();
    }

    [Fact]
    public void HasOperations_NothingStarted_IsFalse()
    {
        Assert.False(Poller.HasOperations);
        (PollSocket socket, _) = Harness.Connect();
        Assert.False(Poller.HasOperations);
        socket.StartReceiving(new ReceiveRecorder());
        Assert.True(Poller.HasOperations);
        socket.Close(abort: false);
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void BackendName_AnyBackend_IsTheNameThatChoosesIt() =>
        Assert.Equal(Backend, Polling.Poller.ParseBackend(Poller.BackendName));

    [Fact]
    public void ManySockets_EchoingAtOnce_EachGetsItsOwnBytes()
    {
        const int Count = 200;
        Socket listening = Harness.Listen(backlog: 512);
        EndPointConnector[] connectors = new EndPointConnector[Count];
        System.Net.EndPoint address = listening.LocalEndPoint!;
        PollSocket listener = Poller.Attach(listening);
        listener.StartAccepting(new EchoServer());
        for (int i = 0; i < Count; i++)
        {
            PollSocket socket = NewSocket(AddressFamily.InterNetwork, attached: false);
            connectors[i] = new EndPointConnector(socket, BitConverter.GetBytes(i));
            socket.Connect(address, connectors[i]);
        }

        Harness.RunUntil(() => connectors.All(connector => connector.Received.Count == sizeof(int)));
        Assert.All(connectors, (connector, i) => Assert.Equal(BitConverter.GetBytes(i), connector.Received.Bytes));
    }

    private static TimeSpan Measure(Action action)
    {
        long start = TimeProvider.System.GetTimestamp();
        action();
        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <summary>Connects, sends a message, and keeps what comes back.</summary>
    private sealed class EndPointConnector(PollSocket socket, byte[] message) : IConnectSink
    {
        public ReceiveRecorder Received { get; } = new();

        public void OnConnected(SocketError error)
        {
            Assert.Equal(SocketError.Success, error);
            socket.StartReceiving(Received);
            Assert.Equal(message.Length, socket.TrySend(message, out _));
        }
    }

    /// <summary>Sends back what each connection sends.</summary>
    private sealed class EchoServer : IAcceptSink
    {
        public void OnAccepted(PollSocket connection) => connection.StartReceiving(new Echo(connection));

        public void OnAcceptFailed(SocketError error) => Assert.Fail(error.ToString());
    }

    private sealed class Echo(PollSocket socket) : IReceiveSink
    {
        public void OnReceived(ReadOnlySpan<byte> data) =>
            Assert.Equal(data.Length, socket.TrySend(data, out _));

        public void OnEndOfInput() => socket.Close(abort: false);

        public void OnReceiveFailed(SocketError error) => socket.Close(abort: true);
    }
}
