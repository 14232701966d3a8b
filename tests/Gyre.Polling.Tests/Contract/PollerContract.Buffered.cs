using System.Net.Sockets;

namespace Gyre.Polling.Tests;

public abstract partial class PollerContract
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 1000)]
    [InlineData(4096, 100_000)]
    [InlineData(100_000, 300_000)]
    public async Task StartReceiving_BufferedSink_ItsBuffersAreFilled(int size, int length)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(length);
        var sink = new BufferedReceiveRecorder(size);
        socket.StartReceiving(sink);
        Task sending = Task.Run(
            () =>
            {
                peer.Send(data);
                peer.Shutdown(SocketShutdown.Send);
            });
        Harness.RunUntil(() => sink.IsOver);
        await sending;
        Assert.Equal(data, sink.Bytes);
        Assert.Equal(1, sink.Ends);
    }

    [Fact]
    public void GetReceiveBuffer_Idle_IsNotAskedFor()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new BufferedReceiveRecorder(size: 100);
        socket.StartReceiving(sink);
        Harness.Settle();
        Assert.Equal(0, sink.Requests);
        peer.Send([1]);
        Harness.RunUntil(() => sink.Count == 1);
    }

    [Fact]
    public void GetReceiveBuffer_Stops_NothingIsLost()
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
        Assert.False(Poller.HasOperations);
        var second = new BufferedReceiveRecorder(size: 100);
        socket.StartReceiving(second);
        Harness.RunUntil(() => second.Count == 3);
        Assert.Equal(0, first.Count);
    }

    [Fact]
    public void GetReceiveBuffer_Closes_NothingFollows()
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
        Assert.Equal(0, sink.Count);
        Assert.False(sink.IsOver);
    }

    [Fact]
    public void GetReceiveBuffer_Throws_IsAskedAgain()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new BufferedReceiveRecorder(size: 100)
        {
            Request = () => throw new InvalidOperationException("by the test"),
        };
        socket.StartReceiving(sink);
        peer.Send([1, 2, 3]);
        Assert.Throws<InvalidOperationException>(() => Harness.RunUntil(() => false));
        sink.Request = null;
        Harness.RunUntil(() => sink.Count == 3);
    }

    [Fact]
    public void GetReceiveBuffer_Empty_ThrowsAndSaysWhatToDo()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new BufferedReceiveRecorder(size: 100) { Request = () => Memory<byte>.Empty };
        socket.StartReceiving(sink);
        peer.Send([1]);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => Harness.RunUntil(() => false));
        Assert.Contains("empty buffer", error.Message, StringComparison.Ordinal);
        sink.Request = null;
        Harness.RunUntil(() => sink.Count == 1);
    }
}
