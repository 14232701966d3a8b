using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

public sealed partial class PollerContract
{
    [Clause("A buffered sink gets all bytes in its own buffers, in order, then the end.")]
    [Case(1, 1)]
    [Case(7, 1000)]
    [Case(4096, 100_000)]
    [Case(100_000, 300_000)]
    internal void StartReceiving_BufferedSink_ItsBuffersAreFilled(int size, int length)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(length);
        var sink = new BufferedReceiveRecorder(size);
        socket.StartReceiving(sink);
        BackgroundWork sending = InBackground(
            () =>
            {
                peer.Send(data);
                peer.Shutdown(SocketShutdown.Send);
            });
        Harness.RunUntil(() => sink.IsOver);
        sending.Join();
        Expect.Equal(data, sink.Bytes);
        Expect.Equal(1, sink.Ends);
    }

    [Clause("A buffer is asked for only when there is something to receive.")]
    internal void GetReceiveBuffer_Idle_IsNotAskedFor()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new BufferedReceiveRecorder(size: 100);
        socket.StartReceiving(sink);
        Harness.Settle();
        Expect.Equal(0, sink.Requests);
        peer.Send([1]);
        Harness.RunUntil(() => sink.Count == 1);
    }

    [Clause("A sink that stops while it is asked for a buffer loses no byte.")]
    internal void GetReceiveBuffer_Stops_NothingIsLost()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var first = new BufferedReceiveRecorder(size: 100);
        first.Request = () =>
        {
            socket.StopReceiving();
            return new byte[100];
        };
        socket.StartReceiving(first);
        peer.Send([1, 2, 3]);
        Harness.RunUntil(() => first.Requests == 1);
        Expect.False(Poller.HasOperations);
        var second = new BufferedReceiveRecorder(size: 100);
        socket.StartReceiving(second);
        Harness.RunUntil(() => second.Count == 3);
        Expect.Equal(0, first.Count);
    }

    [Clause("A sink that closes the socket while it is asked for a buffer is not called again.")]
    internal void GetReceiveBuffer_Closes_NothingFollows()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new BufferedReceiveRecorder(size: 100);
        sink.Request = () =>
        {
            socket.Close(abort: false);
            return new byte[100];
        };
        socket.StartReceiving(sink);
        peer.Send([1, 2, 3]);
        Harness.RunUntil(() => sink.Requests == 1);
        Harness.Settle();
        Expect.Equal(0, sink.Count);
        Expect.False(sink.IsOver);
    }

    [Clause("After an exception the sink is asked for a buffer again, and no byte is lost.")]
    internal void GetReceiveBuffer_Throws_IsAskedAgain()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new BufferedReceiveRecorder(size: 100)
        {
            Request = () => throw new InvalidOperationException("by the test"),
        };
        socket.StartReceiving(sink);
        peer.Send([1, 2, 3]);
        Expect.Throws<InvalidOperationException>(() => Harness.RunUntil(() => false));
        sink.Request = null;
        Harness.RunUntil(() => sink.Count == 3);
    }

    [Clause("An empty buffer is an InvalidOperationException that says so, and no byte is lost.")]
    internal void GetReceiveBuffer_Empty_ThrowsAndSaysWhatToDo()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new BufferedReceiveRecorder(size: 100) { Request = () => Memory<byte>.Empty };
        socket.StartReceiving(sink);
        peer.Send([1]);
        InvalidOperationException error = Expect.Throws<InvalidOperationException>(
            () => Harness.RunUntil(() => false));
        Expect.Mentions("empty", error);
        sink.Request = null;
        Harness.RunUntil(() => sink.Count == 1);
    }
}
