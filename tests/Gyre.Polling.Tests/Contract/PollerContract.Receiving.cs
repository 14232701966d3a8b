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
    public async Task StartReceiving_PeerSends_SinkGetsTheBytesAndTheEnd(int length)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(length);
        var sink = new ReceiveRecorder();
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
        Assert.Empty(sink.Failures);
    }
}
