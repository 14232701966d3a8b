using System.Net.Sockets;

namespace Gyre.Polling.Tests;

public abstract partial class PollerContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(65_536)]
    [InlineData(262_144)]
    [InlineData(1_048_577)]
    public void StartReceiving_PeerSends_SinkGetsTheBytesAndTheEnd(int length)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(length);
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Assert.True(Poller.HasOperations);
        Thread sending = InBackground(
            () =>
            {
                peer.Send(data);
                peer.Shutdown(SocketShutdown.Send);
            });
        Harness.RunUntil(() => sink.IsOver);
        sending.Join();
        Harness.Settle();
        Assert.Equal(data, sink.Bytes);
        Assert.Equal(1, sink.Ends);
        Assert.Empty(sink.Failures);
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void StartReceiving_BytesAndEndCameBefore_SinkGetsBoth()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        peer.Send([1, 2, 3]);
        peer.Shutdown(SocketShutdown.Send);
        Harness.Settle();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Assert.Equal(0, sink.Count);
        Harness.RunUntil(() => sink.IsOver);
        Assert.Equal([1, 2, 3], sink.Bytes);
        Assert.Equal(1, sink.Ends);
    }

    [Fact]
    public void StartReceiving_WhileReceiving_Throws()
    {
        (PollSocket socket, _) = Harness.Connect();
        socket.StartReceiving(new ReceiveRecorder());
        Assert.Throws<InvalidOperationException>(() => socket.StartReceiving(new ReceiveRecorder()));
    }

    [Fact]
    public void StartReceiving_AfterTheEnd_HearsOfTheEndAgain()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        peer.Shutdown(SocketShutdown.Send);
        for (int i = 0; i < 2; i++)
        {
            var sink = new ReceiveRecorder();
            socket.StartReceiving(sink);
            Harness.RunUntil(() => sink.IsOver);
            Assert.Equal(1, sink.Ends);
        }

        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void StopReceiving_BytesArrive_NextStartGetsThem()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var first = new ReceiveRecorder();
        socket.StartReceiving(first);
        peer.Send([1]);
        Harness.RunUntil(() => first.Count == 1);
        socket.StopReceiving();
        Assert.False(Poller.HasOperations);
        peer.Send([2]);
        Harness.Settle();
        Assert.Equal([1], first.Bytes);

        var second = new ReceiveRecorder();
        socket.StartReceiving(second);
        Harness.RunUntil(() => second.Count == 1);
        Assert.Equal([2], second.Bytes);
        Assert.Equal([1], first.Bytes);
        socket.StopReceiving();
        socket.StopReceiving();
    }

    [Fact]
    public void StopReceiving_OperationIsInTheQueue_SinkIsNotCalledAndNothingIsLost()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var first = new ReceiveRecorder();
        socket.StartReceiving(first);
        peer.Send([7]);
        while (Harness.PollOnly(timeoutNanoseconds: 1_000_000_000) == 0)
        {
            Assert.True(Poller.HasOperations);
        }

        socket.StopReceiving();
        Harness.ExecuteReady();
        Assert.Equal(0, first.Count);

        var second = new ReceiveRecorder();
        socket.StartReceiving(second);
        Harness.RunUntil(() => second.Count == 1);
        Assert.Equal([7], second.Bytes);
    }

    [Fact]
    public async Task StopAndStartReceiving_AtRandom_LosesNothing()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(400_000);
        Task sending = Task.Run(
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
        await sending;
        Assert.Equal(data, sink.Bytes);
    }

    [Fact]
    public void StartReceiving_InTheSinkWithAnother_TheOtherGetsTheRest()
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
        Assert.Equal([1], first.Bytes);
        Assert.Equal([2], second.Bytes);
    }

    /// <summary>Guarantee G-81.</summary>
    [Fact]
    public void Execute_MoreThanOneBuffer_GoesOnInTheNextPollWithoutWaiting()
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
            Assert.Equal(pieces, sink.Pieces);
        }

        Harness.RunUntil(() => sink.IsOver);
        Assert.Equal(50, sink.Count);
        Assert.Equal(1, sink.Ends);
    }

    [Fact]
    public void StartReceiving_PeerResets_ConnectionReset()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Harness.Settle();
        peer.Close(timeout: 0);
        Harness.RunUntil(() => sink.IsOver);
        Harness.Settle();
        Assert.Equal([SocketError.ConnectionReset], sink.Failures);
        Assert.Equal(0, sink.Ends);
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void StartReceiving_SendHeardOfTheReset_ConnectionResetAndNotTheEnd()
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
        Assert.Equal(SocketError.ConnectionReset, error);
        Assert.Equal(0, socket.TrySend([1], out error));
        Assert.Equal(SocketError.ConnectionReset, error);
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        Harness.RunUntil(() => sink.IsOver);
        Assert.Equal([SocketError.ConnectionReset], sink.Failures);
    }

    [Fact]
    public void OnReceived_Throws_ReceivingGoesOn()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder { Received = _ => throw new InvalidOperationException("by the test") };
        socket.StartReceiving(sink);
        peer.Send([1]);
        Assert.Throws<InvalidOperationException>(() => Harness.RunUntil(() => false));
        sink.Received = null;
        peer.Send([2]);
        peer.Shutdown(SocketShutdown.Send);
        Harness.RunUntil(() => sink.IsOver);
        Assert.Equal([1, 2], sink.Bytes);
    }

    [Fact]
    public void StartReceiving_UrgentDataInBetween_TheBytesBehindItArrive()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        for (int i = 1; i <= 20; i++)
        {
            peer.Send([1]);
            peer.Send([99], SocketFlags.OutOfBand);
            peer.Send([2]);
            Harness.RunUntil(() => sink.Count == i * 2);
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(i => (byte)(1 + (i % 2))), sink.Bytes);
    }
}
