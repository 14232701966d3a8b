using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

public sealed partial class PollerContract
{
    [Clause("What TrySend took arrives.")]
    [Case(1)]
    [Case(1024)]
    [Case(65_536)]
    internal void TrySend_ThereIsRoom_PeerGetsTheBytes(int length)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(length);
        Expect.Equal(length, socket.TrySend(data, out SocketError error));
        Expect.Equal(SocketError.Success, error);
        Harness.Settle();
        Expect.False(Poller.HasOperations);
        Expect.Equal(data, ReceiveExactly(peer, length));
    }

    [Clause("To send no bytes at once succeeds.")]
    internal void TrySend_NoBytes_Succeeds()
    {
        (PollSocket socket, _) = Harness.Connect();
        Expect.Equal(0, socket.TrySend([], out SocketError error));
        Expect.Equal(SocketError.Success, error);
    }

    [Clause("To start to send no bytes is an ArgumentException.")]
    internal void Send_NoBytes_Throws()
    {
        (PollSocket socket, _) = Harness.Connect();
        Expect.Throws<ArgumentException>(() => socket.Send(ReadOnlyMemory<byte>.Empty, new SendRecorder()));
        Expect.False(Poller.HasOperations);
    }

    [Clause("The sink of a send hears of it once, after the call.")]
    internal void Send_ThereIsRoom_SinkHearsOfItLater()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(1000);
        var sink = new SendRecorder();
        socket.Send(data, sink);
        Expect.Equal(0, sink.Calls);
        Expect.True(Poller.HasOperations);
        Harness.RunUntil(() => sink.Calls > 0);
        Harness.Settle();
        Expect.Equal(1, sink.Calls);
        Expect.Equal(1000, sink.Count);
        Expect.False(Poller.HasOperations);
        Expect.Equal(data, ReceiveExactly(peer, 1000));
    }

    [Clause("A send waits while the system takes no bytes, and goes on when it does.")]
    internal void Send_PeerDoesNotRead_SinkHearsOfItWhenItDoes()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] rest = Pattern(100_000);
        (SendRecorder sink, int filled) = SendIntoFull(socket, rest);
        Expect.True(Poller.HasOperations);
        ReceiveExactly(peer, filled);
        Harness.RunUntil(() => sink.Calls > 0);
        Expect.InRange(sink.Count, 1, rest.Length);
        Expect.Equal(rest[..sink.Count], ReceiveExactly(peer, sink.Count));
        Expect.Equal(1, sink.Calls);
        Expect.False(Poller.HasOperations);
    }

    [Clause("To send while a send is under way is an InvalidOperationException.")]
    internal void Send_WhileSending_Throws()
    {
        (PollSocket socket, _) = Harness.Connect();
        socket.Send(Pattern(1), new SendRecorder());
        Expect.Throws<InvalidOperationException>(() => socket.Send(Pattern(1), new SendRecorder()));
        Expect.Throws<InvalidOperationException>(() => socket.TrySend([1], out _));
    }

    [Clause("The sink of a send may start the next one.")]
    internal void Send_InTheSink_GoesOn()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var second = new SendRecorder();
        var first = new SendRecorder { Sent = () => socket.Send(Pattern(2), second) };
        socket.Send(Pattern(1), first);
        Harness.RunUntil(() => second.Calls == 1);
        Expect.Equal([0, 0, 1], ReceiveExactly(peer, 3));
    }

    [Clause("An exception of the sink leaves through Execute, and the send has ended all the same.")]
    internal void OnSent_Throws_NextSendWorks()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        socket.Send(Pattern(1), new SendRecorder { Sent = () => throw new InvalidOperationException("by the test") });
        Expect.Throws<InvalidOperationException>(() => Harness.RunUntil(() => false));
        var sink = new SendRecorder();
        socket.Send(Pattern(2), sink);
        Harness.RunUntil(() => sink.Calls == 1);
        Expect.Equal([0, 0, 1], ReceiveExactly(peer, 3));
        Expect.False(Poller.HasOperations);
    }

    [Clause("A reset ends a send that waits, with the error, once.")]
    internal void Send_PeerResetsWhileFull_SinkGetsTheError()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        (SendRecorder sink, _) = SendIntoFull(socket, Pattern(1));
        peer.Close(timeout: 0);
        Harness.RunUntil(() =>
        {
            if (sink.Calls > 0 && sink.Error == SocketError.Success)
            {
                // What the system had yet to move to the peer has made room at the last moment.
                sink = new SendRecorder();
                socket.Send(Pattern(1), sink);
            }

            return sink.Calls > 0;
        });
        Harness.Settle();
        Expect.Equal(SocketError.ConnectionReset, sink.Error);
        Expect.Equal(1, sink.Calls);
        Expect.False(Poller.HasOperations);
    }

    [Clause("A close ends a send, and its sink is not called.")]
    internal void Close_WhileSending_SinkIsNotCalled()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        (SendRecorder sink, int filled) = SendIntoFull(socket, Pattern(1));
        socket.Close(abort: false);
        Expect.False(Poller.HasOperations);
        ReceiveExactly(peer, filled);
        Harness.Settle();
        Expect.Equal(0, sink.Calls);
    }

    [Clause("Both directions of a connection work at the same time.")]
    internal void Send_BothWaysAtOnce_AllArrives()
    {
        (PollSocket one, PollSocket other) = Harness.ConnectBoth();
        one.Socket.SendBufferSize = 16 * 1024;
        other.Socket.SendBufferSize = 16 * 1024;
        byte[] data = Pattern(3_000_000);
        var atOne = new ReceiveRecorder();
        var atOther = new ReceiveRecorder();
        one.StartReceiving(atOne);
        other.StartReceiving(atOther);
        var fromOne = new SocketSender(one, data);
        var fromOther = new SocketSender(other, data);
        Harness.RunUntil(() => fromOne.IsDone && fromOther.IsDone);
        one.Shutdown(SocketShutdown.Send);
        other.Shutdown(SocketShutdown.Send);
        Harness.RunUntil(() => atOne.IsOver && atOther.IsOver);
        Expect.Equal(data, atOne.Bytes);
        Expect.Equal(data, atOther.Bytes);
        Expect.True(fromOne.Waits > 0, "The data was meant to fill the system's buffers.");
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
            Expect.Equal(SocketError.WouldBlock, error);
            Expect.Equal(0, count);
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
            Expect.NotEqual(0, more);
            received += more;
        }

        return data;
    }
}
