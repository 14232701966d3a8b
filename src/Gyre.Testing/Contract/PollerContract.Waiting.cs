using System.Collections.Concurrent;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

public sealed partial class PollerContract
{
    /// <summary>In nanoseconds. A poll that waits to its end has missed something.</summary>
    private long LongWait => (long)Harness.Patience.TotalNanoseconds;

    private TimeSpan NearlyLongWait => Harness.Patience * 0.9;

    [Clause("A wait does not end before the time is up unless something happened, such as a signal.")]
    [Case(1)]
    [Case(700_000)]
    [Case(1_000_000)]
    [Case(3_300_000)]
    internal void Poll_NothingHappens_WaitsNoLessThanTheTimeout(long nanoseconds)
    {
        ExpectWaits(nanoseconds);
        Expect.Equal(0, Harness.Enqueued);
    }

    [Clause("A poll with no time to wait returns.")]
    internal void Poll_NoTimeout_Returns()
    {
        (PollSocket socket, _) = Harness.Connect();
        socket.StartReceiving(new ReceiveRecorder());
        Expect.True(Measure(() => Harness.Turn(timeoutNanoseconds: 0)) < NearlyLongWait);
        Expect.Equal(0, Harness.Enqueued);
    }

    [Clause("Input that arrives ends the wait.")]
    internal void Poll_InputArrivesDuringTheWait_EndsIt()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Harness.Settle();
        BackgroundWork sending = InBackground(() => peer.Send([1]));
        Expect.True(Measure(() => Harness.RunUntil(() => sink.Count > 0, LongWait)) < NearlyLongWait);
        Expect.Equal(1, sink.Count);
        sending.Join();
    }

    [Clause("A wake before the poll ends its wait.")]
    internal void Wake_BeforeThePoll_ItReturnsAtOnce()
    {
        for (int i = 0; i < 3; i++)
        {
            Poller.Wake();
            Expect.True(Measure(() => Harness.Turn(LongWait)) < NearlyLongWait);
        }
    }

    [Clause("A wake from another thread ends the wait.")]
    internal void Wake_DuringTheWait_EndsIt()
    {
        for (int i = 0; i < 20; i++)
        {
            BackgroundWork waking = InBackground(Poller.Wake);
            Expect.True(Measure(() => Harness.Turn(LongWait)) < NearlyLongWait);
            waking.Join();
        }
    }

    [Clause("Wakes before a poll returns count as one.")]
    internal void Wake_Often_CountsAsOne()
    {
        ExpectWaits(2_000_000, before: () =>
        {
            for (int i = 0; i < 10; i++)
            {
                Poller.Wake();
            }

            Harness.Turn(LongWait);
        });
    }

    [Clause("A poll that does not wait uses a wake up.")]
    internal void Wake_BeforeAPollThatDoesNotWait_IsUsedUp()
    {
        ExpectWaits(2_000_000, before: () =>
        {
            Poller.Wake();
            Harness.Turn(timeoutNanoseconds: 0);
        });
    }

    [Clause("What a thread wrote before its wake is seen after the poll that the wake ends.")]
    internal void Wake_FromManyThreads_OwnerSeesAllThatTheyWrote()
    {
        const int Threads = 4;
        const int ItemsOfEach = 20_000;
        var inbox = new ConcurrentQueue<int>();
        BackgroundWork[] threads = [.. Enumerable.Range(0, Threads).Select(_ => InBackground(Produce))];
        int seen = 0;
        while (seen < Threads * ItemsOfEach)
        {
            // A lost wake shows as a wait that lasts to its end.
            Expect.True(Measure(() => Harness.Turn(LongWait)) < NearlyLongWait);
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
        Expect.Empty(inbox);

        void Produce()
        {
            for (int i = 0; i < ItemsOfEach; i++)
            {
                inbox.Enqueue(i);
                Poller.Wake();
            }
        }
    }

    [Clause("A wake during or after the disposal does nothing.")]
    internal void Wake_WhileThePollerIsDisposed_DoesNothing()
    {
        using var ended = new CancellationTokenSource();
        CancellationToken token = ended.Token;
        BackgroundWork waker = InBackground(() =>
        {
            while (!token.IsCancellationRequested)
            {
                Poller.Wake();
            }
        });
        for (int i = 0; i < 100; i++)
        {
            Harness.Turn(timeoutNanoseconds: 1000);
        }

        Poller.Dispose();
        Poller.Wake();
        ended.Cancel();
        waker.Join();
    }

    [Clause("HasOperations says whether an operation is under way.")]
    internal void HasOperations_NothingStarted_IsFalse()
    {
        Expect.False(Poller.HasOperations);
        (PollSocket socket, _) = Harness.Connect();
        Expect.False(Poller.HasOperations);
        socket.StartReceiving(new ReceiveRecorder());
        Expect.True(Poller.HasOperations);
        socket.Close(abort: false);
        Expect.False(Poller.HasOperations);
    }

    [Clause("A poller has a name.")]
    internal void BackendName_AnyPoller_IsThere() =>
        Expect.False(string.IsNullOrWhiteSpace(Poller.BackendName));

    [Clause("Each of many connections gets its own bytes.")]
    internal void ManySockets_EchoingAtOnce_EachGetsItsOwnBytes()
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
        Expect.Equal(Enumerable.Range(0, Count), connectors.Select(one => BitConverter.ToInt32(one.Received.Bytes)));
    }

    /// <summary>Expects polls to wait for their timeout, each after the same preparation.</summary>
    /// <remarks>A signal ends a wait early, as one does that stops the threads for a collection, and there may be
    /// many: enough of the waits have to last, however many do not.</remarks>
    private void ExpectWaits(long nanoseconds, Action? before = null)
    {
        const int Waits = 10;
        const int Attempts = 500;
        int lasted = 0;
        var early = new List<double>();
        while (lasted < Waits && lasted + early.Count < Attempts)
        {
            before?.Invoke();
            double waited = Measure(() => Harness.Turn(nanoseconds)).TotalNanoseconds;
            if (waited < nanoseconds)
            {
                early.Add(waited);
            }
            else
            {
                lasted++;
            }
        }

        Expect.True(
            lasted == Waits,
            $"{early.Count} of {Attempts} waits were too short, for example {string.Join(", ", early.Take(5))} ns");
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
            Expect.Equal(SocketError.Success, error);
            socket.StartReceiving(Received);
            Expect.Equal(message.Length, socket.TrySend(message, out _));
        }
    }

    /// <summary>Sends back what each connection sends.</summary>
    private sealed class EchoServer : IAcceptSink
    {
        public void OnAccepted(PollSocket connection) => connection.StartReceiving(new Echo(connection));

        public void OnAcceptFailed(SocketError error) => Expect.Fail(error.ToString());
    }

    private sealed class Echo(PollSocket socket) : IReceiveSink
    {
        public void OnReceived(ReadOnlySpan<byte> data) =>
            Expect.Equal(data.Length, socket.TrySend(data, out _));

        public void OnEndOfInput() => socket.Close(abort: false);

        public void OnReceiveFailed(SocketError error) => socket.Close(abort: true);
    }
}
