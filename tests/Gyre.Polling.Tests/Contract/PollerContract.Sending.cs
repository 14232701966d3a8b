using System.Net.Sockets;

namespace Gyre.Polling.Tests;

public abstract partial class PollerContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(65_536)]
    public void TrySend_ThereIsRoom_PeerGetsTheBytes(int length)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(length);
        Assert.Equal(length, socket.TrySend(data, out SocketError error));
        Assert.Equal(SocketError.Success, error);
        Harness.Settle();
        Assert.False(Poller.HasOperations);
        Assert.Equal(data, ReceiveExactly(peer, length));
    }

    [Fact]
    public void TrySend_NoBytes_Succeeds()
    {
        (PollSocket socket, _) = Harness.Connect();
        Assert.Equal(0, socket.TrySend([], out SocketError error));
        Assert.Equal(SocketError.Success, error);
    }

    [Fact]
    public void Send_NoBytes_Throws()
    {
        (PollSocket socket, _) = Harness.Connect();
        Assert.Throws<ArgumentException>(() => socket.Send(ReadOnlyMemory<byte>.Empty, new SendRecorder()));
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void Send_ThereIsRoom_SinkHearsOfItLater()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(1000);
        var sink = new SendRecorder();
        socket.Send(data, sink);
        Assert.Equal(0, sink.Calls);
        Assert.True(Poller.HasOperations);
        Harness.RunUntil(() => sink.Calls > 0);
        Harness.Settle();
        Assert.Equal(1, sink.Calls);
        Assert.Equal(1000, sink.Count);
        Assert.False(Poller.HasOperations);
        Assert.Equal(data, ReceiveExactly(peer, 1000));
    }

    [Fact]
    public void Send_PeerDoesNotRead_SinkHearsOfItWhenItDoes()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] rest = Pattern(100_000);
        (SendRecorder sink, int filled) = SendIntoFull(socket, rest);
        Assert.True(Poller.HasOperations);
        ReceiveExactly(peer, filled);
        Harness.RunUntil(() => sink.Calls > 0);
        Assert.InRange(sink.Count, 1, rest.Length);
        Assert.Equal(rest[..sink.Count], ReceiveExactly(peer, sink.Count));
        Assert.Equal(1, sink.Calls);
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void Send_WhileSending_Throws()
    {
        (PollSocket socket, _) = Harness.Connect();
        socket.Send(Pattern(1), new SendRecorder());
        Assert.Throws<InvalidOperationException>(() => socket.Send(Pattern(1), new SendRecorder()));
        Assert.Throws<InvalidOperationException>(() => socket.TrySend([1], out _));
    }

    [Fact]
    public void Send_InTheSink_GoesOn()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var second = new SendRecorder();
        var first = new SendRecorder { Sent = () => socket.Send(Pattern(2), second) };
        socket.Send(Pattern(1), first);
        Harness.RunUntil(() => second.Calls == 1);
        Assert.Equal([0, 0, 1], ReceiveExactly(peer, 3));
    }

    [Fact]
    public void OnSent_Throws_NextSendWorks()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        socket.Send(Pattern(1), new SendRecorder { Sent = () => throw new InvalidOperationException("by the test") });
        Assert.Throws<InvalidOperationException>(() => Harness.RunUntil(() => false));
        var sink = new SendRecorder();
        socket.Send(Pattern(2), sink);
        Harness.RunUntil(() => sink.Calls == 1);
        Assert.Equal([0, 0, 1], ReceiveExactly(peer, 3));
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void Send_PeerResetsWhileFull_SinkGetsTheError()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        (SendRecorder sink, _) = SendIntoFull(socket, Pattern(1));
        peer.Close(timeout: 0);
        Harness.RunUntil(() => sink.Calls > 0);
        Harness.Settle();
        Assert.Equal(SocketError.ConnectionReset, sink.Error);
        Assert.Equal(1, sink.Calls);
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void Close_WhileSending_SinkIsNotCalled()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        (SendRecorder sink, int filled) = SendIntoFull(socket, Pattern(1));
        socket.Close(abort: false);
        Assert.False(Poller.HasOperations);
        ReceiveExactly(peer, filled);
        Harness.Settle();
        Assert.Equal(0, sink.Calls);
    }

    [Fact]
    public void Send_BothWaysAtOnce_AllArrives()
    {
        (PollSocket one, PollSocket other) = Harness.ConnectBoth();
        one.Socket.SendBufferSize = 16 * 1024;
        other.Socket.SendBufferSize = 16 * 1024;
        byte[] data = Pattern(3_000_000);
        var atOne = new ReceiveRecorder();
        var atOther = new ReceiveRecorder();
        one.StartReceiving(atOne);
        other.StartReceiving(atOther);
        var fromOne = new WholeSender(one, data);
        var fromOther = new WholeSender(other, data);
        Harness.RunUntil(() => fromOne.IsDone && fromOther.IsDone);
        one.Shutdown(SocketShutdown.Send);
        other.Shutdown(SocketShutdown.Send);
        Harness.RunUntil(() => atOne.IsOver && atOther.IsOver);
        Assert.Equal(data, atOne.Bytes);
        Assert.Equal(data, atOther.Bytes);
        Assert.True(fromOne.Waits > 0, "The data was meant to fill the system's buffers.");
    }

    /// <summary>Sends until the system takes no more, then starts a send that has to wait.</summary>
    /// <returns>The sink of the send that waits, and how many bytes went out before.</returns>
    private (SendRecorder Waiting, int Filled) SendIntoFull(PollSocket socket, byte[] data)
    {
        byte[] fill = Pattern(256 * 1024);
        int filled = 0;
        while (true)
        {
            int count = socket.TrySend(fill, out SocketError error);
            filled += count;
            if (error == SocketError.Success)
            {
                continue;
            }

            // The system moves bytes on when it has time: full for now is not yet full.
            Assert.Equal(SocketError.WouldBlock, error);
            Assert.Equal(0, count);
            var sink = new SendRecorder();
            socket.Send(data, sink);
            Harness.Settle();
            if (sink.Calls == 0)
            {
                return (sink, filled);
            }

            filled += sink.Count;
        }
    }

    private static byte[] ReceiveExactly(Socket peer, int count)
    {
        byte[] data = new byte[count];
        for (int received = 0; received < count;)
        {
            int more = peer.Receive(data.AsSpan(received));
            Assert.NotEqual(0, more);
            received += more;
        }

        return data;
    }
}
