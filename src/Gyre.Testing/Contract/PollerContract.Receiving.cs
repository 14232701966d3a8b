using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

public sealed partial class PollerContract
{
    [Clause("The sink gets the bytes as they were sent, then the end once.")]
    [Case(1)]
    [Case(1024)]
    [Case(65_536)]
    [Case(262_144)]
    [Case(1_048_577)]
    internal void StartReceiving_PeerSends_SinkGetsTheBytesAndTheEnd(int length)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(length);
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Expect.True(Poller.HasOperations);
        BackgroundWork sending = InBackground(
            () =>
            {
                peer.Send(data);
                peer.Shutdown(SocketShutdown.Send);
            });
        Harness.RunUntil(() => sink.IsOver);
        sending.Join();
        Harness.Settle();
        Expect.Equal(data, sink.Bytes);
        Expect.Equal(1, sink.Ends);
        Expect.Empty(sink.Failures);
        Expect.False(Poller.HasOperations);
    }

    [Clause("Bytes and an end that came before the start are received, but not inside that call.")]
    internal void StartReceiving_BytesAndEndCameBefore_SinkGetsBoth()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        peer.Send([1, 2, 3]);
        peer.Shutdown(SocketShutdown.Send);
        Harness.Settle();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Expect.Equal(0, sink.Count);
        Harness.RunUntil(() => sink.IsOver);
        Expect.Equal([1, 2, 3], sink.Bytes);
        Expect.Equal(1, sink.Ends);
    }

    [Clause("To receive twice at once is an InvalidOperationException.")]
    internal void StartReceiving_WhileReceiving_Throws()
    {
        (PollSocket socket, _) = Harness.Connect();
        socket.StartReceiving(new ReceiveRecorder());
        Expect.Throws<InvalidOperationException>(() => socket.StartReceiving(new ReceiveRecorder()));
    }

    [Clause("A start after the end hears of the end again.")]
    internal void StartReceiving_AfterTheEnd_HearsOfTheEndAgain()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        peer.Shutdown(SocketShutdown.Send);
        for (int i = 0; i < 2; i++)
        {
            var sink = new ReceiveRecorder();
            socket.StartReceiving(sink);
            Harness.RunUntil(() => sink.IsOver);
            Expect.Equal(1, sink.Ends);
        }

        Expect.False(Poller.HasOperations);
    }

    [Clause(
        "Bytes that come while nothing is received stay for the next start. A stop with nothing "
        + "to stop does nothing.")]
    internal void StopReceiving_BytesArrive_NextStartGetsThem()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var first = new ReceiveRecorder();
        socket.StartReceiving(first);
        peer.Send([1]);
        Harness.RunUntil(() => first.Count == 1);
        socket.StopReceiving();
        Expect.False(Poller.HasOperations);
        peer.Send([2]);
        Harness.Settle();
        Expect.Equal([1], first.Bytes);

        var second = new ReceiveRecorder();
        socket.StartReceiving(second);
        Harness.RunUntil(() => second.Count == 1);
        Expect.Equal([2], second.Bytes);
        Expect.Equal([1], first.Bytes);
        socket.StopReceiving();
        socket.StopReceiving();
    }

    [Clause(
        "A sink is not called after the stop, not even by an operation that was ready before, "
        + "and no byte is lost.")]
    internal void StopReceiving_OperationIsInTheQueue_SinkIsNotCalledAndNothingIsLost()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var first = new ReceiveRecorder();
        socket.StartReceiving(first);
        peer.Send([7]);
        Harness.PollUntilReady();

        socket.StopReceiving();
        Harness.ExecuteReady();
        Expect.Equal(0, first.Count);

        var second = new ReceiveRecorder();
        socket.StartReceiving(second);
        Harness.RunUntil(() => second.Count == 1);
        Expect.Equal([7], second.Bytes);
    }

    [Clause("Stops and starts at any moment lose, double and move no byte.")]
    internal void StopAndStartReceiving_AtRandom_LosesNothing()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(400_000);
        BackgroundWork sending = InBackground(
            () =>
            {
                for (int sent = 0; sent < data.Length; sent += 1000)
                {
                    peer.Send(data.AsSpan(sent, 1000));
                }
            });
        var sink = new ReceiveRecorder();
        var random = new Random(1);
        sink.Received = _ =>
        {
            if (random.Next(2) == 0)
            {
                socket.StopReceiving();
                if (random.Next(2) == 0)
                {
                    socket.StartReceiving(sink);
                }
            }
        };
        Harness.RunUntil(
            () =>
            {
                socket.StopReceiving();
                socket.StartReceiving(sink);
                return sink.Count == data.Length;
            });
        sending.Join();
        Expect.Equal(data, sink.Bytes);
    }

    [Clause("A sink may stop and start receiving with another, which gets the rest.")]
    internal void StartReceiving_InTheSinkWithAnother_TheOtherGetsTheRest()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var second = new ReceiveRecorder();
        var first = new ReceiveRecorder();
        first.Received = _ =>
        {
            socket.StopReceiving();
            socket.StartReceiving(second);
        };
        socket.StartReceiving(first);
        peer.Send([1]);
        Harness.RunUntil(() => first.Count == 1);
        peer.Send([2]);
        Harness.RunUntil(() => second.Count == 1);
        Expect.Equal([1], first.Bytes);
        Expect.Equal([2], second.Bytes);
    }

    /// <summary>Guarantee G-81.</summary>
    [Clause("Execute receives one buffer at the most; the rest is ready again in the next poll.")]
    internal void Execute_MoreThanOneBuffer_GoesOnInTheNextPollWithoutWaiting()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        peer.Send(new byte[50]);
        peer.Shutdown(SocketShutdown.Send);
        var sink = new BufferedReceiveRecorder(size: 10);
        socket.StartReceiving(sink);
        Harness.RunUntil(() => sink.Pieces == 1);
        for (int pieces = 2; pieces <= 5; pieces++)
        {
            Harness.Turn(timeoutNanoseconds: -1);
            Expect.Equal(pieces, sink.Pieces);
        }

        Harness.RunUntil(() => sink.IsOver);
        Expect.Equal(50, sink.Count);
        Expect.Equal(1, sink.Ends);
    }

    [Clause("A reset is a failure of receiving, once, and no end of the input.")]
    internal void StartReceiving_PeerResets_ConnectionReset()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Harness.Settle();
        peer.Close(timeout: 0);
        Harness.RunUntil(() => sink.IsOver);
        Harness.Settle();
        Expect.Equal([SocketError.ConnectionReset], sink.Failures);
        Expect.Equal(0, sink.Ends);
        Expect.False(Poller.HasOperations);
    }

    [Clause("A reset that a send heard of is no end of the input for a later receive.")]
    internal void StartReceiving_SendHeardOfTheReset_ConnectionResetAndNotTheEnd()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        peer.Close(timeout: 0);
        SocketError error = SocketError.Success;
        Harness.RunUntil(
            () =>
            {
                socket.TrySend([1], out error);
                return error is not (SocketError.Success or SocketError.WouldBlock);
            });
        Expect.Equal(SocketError.ConnectionReset, error);
        Expect.Equal(0, socket.TrySend([1], out error));
        Expect.Equal(SocketError.ConnectionReset, error);
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Harness.RunUntil(() => sink.IsOver);
        Expect.Equal([SocketError.ConnectionReset], sink.Failures);
    }

    [Clause("An exception of the sink leaves through Execute, and receiving goes on.")]
    internal void OnReceived_Throws_ReceivingGoesOn()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder { Received = _ => throw new InvalidOperationException("by the test") };
        socket.StartReceiving(sink);
        peer.Send([1]);
        Expect.Throws<InvalidOperationException>(() => Harness.RunUntil(() => false));
        sink.Received = null;
        peer.Send([2]);
        peer.Shutdown(SocketShutdown.Send);
        Harness.RunUntil(() => sink.IsOver);
        Expect.Equal([1, 2], sink.Bytes);
    }

    [Clause("Urgent data is not received in line and does not stop what comes behind it.")]
    [Case(0, false)]
    [Case(100_000, false)]
    [Case(100_000, true)]
    internal void StartReceiving_UrgentDataInBetween_TheBytesBehindItArrive(int before, bool isBusy)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);

        // A backend may receive in another way after large messages.
        byte[] large = Pattern(before);
        BackgroundWork sending = InBackground(() => peer.Send(large));
        Harness.RunUntil(() => sink.Count == before);
        sending.Join();
        for (int i = 1; i <= 20; i++)
        {
            peer.Send([1]);
            peer.Send([99], SocketFlags.OutOfBand);
            peer.Send([2]);
            Harness.RunUntil(() => sink.Count == before + (i * 2), isBusy ? 0 : 10_000_000);
        }

        Expect.Equal(large.Concat(Enumerable.Range(0, 40).Select(i => (byte)(1 + (i % 2)))), sink.Bytes);
    }
}
