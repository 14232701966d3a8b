using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Gyre.Polling.Tests;

public abstract partial class PollerContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Close_Orderly_PeerGetsTheBytesAndTheEnd(bool receiving)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        if (receiving)
        {
            socket.StartReceiving(new ReceiveRecorder());
            Harness.Settle();
        }

        byte[] data = Pattern(50_000);
        Assert.Equal(data.Length, socket.TrySend(data, out _));
        socket.Close(abort: false);
        Assert.True(socket.IsClosed);
        Assert.Equal(data, ReceiveExactly(peer, data.Length));
        Assert.Equal(0, peer.Receive(new byte[1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Close_Abort_PeerSeesAReset(bool receiving)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        if (receiving)
        {
            socket.StartReceiving(new ReceiveRecorder());
            Harness.Settle();
        }

        socket.Close(abort: true);
        SocketException error = Assert.Throws<SocketException>(() => peer.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public void Close_AcceptedSocket_PeerSeesTheEnd()
    {
        (PollSocket server, PollSocket client) = Harness.ConnectBoth();
        var sink = new ReceiveRecorder();
        client.StartReceiving(sink);
        server.Close(abort: false);
        Harness.RunUntil(() => sink.IsOver);
        Assert.Equal(1, sink.Ends);
    }

    [Fact]
    public void Close_Abort_AcceptedSocket_PeerSeesAReset()
    {
        (PollSocket server, PollSocket client) = Harness.ConnectBoth();
        var sink = new ReceiveRecorder();
        client.StartReceiving(sink);
        server.Close(abort: true);
        Harness.RunUntil(() => sink.IsOver);
        Assert.Equal([SocketError.ConnectionReset], sink.Failures);
    }

    [Fact]
    public void Close_SecondTime_DoesNothing()
    {
        (PollSocket socket, _) = Harness.Connect();
        socket.Close(abort: false);
        socket.Close(abort: true);
        socket.Dispose();
        Assert.True(socket.IsClosed);
    }

    [Fact]
    public void Close_OperationIsInTheQueue_SinkIsNotCalled()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        peer.Send([1]);
        while (Harness.PollOnly(timeoutNanoseconds: 1_000_000_000) == 0)
        {
            Assert.True(Poller.HasOperations);
        }

        socket.Close(abort: false);
        Harness.ExecuteReady();
        Harness.Settle();
        Assert.Equal(0, sink.Count);
        Assert.False(sink.IsOver);
    }

    [Fact]
    public void Close_DescriptorIsUsedAgain_OldOperationDoesNotTouchTheNewSocket()
    {
        (PollSocket old, Socket oldPeer) = Harness.Connect();
        var oldSink = new ReceiveRecorder();
        old.StartReceiving(oldSink);
        oldPeer.Send([1]);
        while (Harness.PollOnly(timeoutNanoseconds: 1_000_000_000) == 0)
        {
            Assert.True(Poller.HasOperations);
        }

        // The system gives the lowest free descriptor: the new socket has the old one's.
        old.Close(abort: false);
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        peer.Send([2]);
        Harness.ExecuteReady();
        Harness.RunUntil(() => sink.Count == 1);
        Assert.Equal([2], sink.Bytes);
        Assert.Equal(0, oldSink.Count);
    }

    [Fact]
    public void Close_InTheSink_NothingFollows()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        sink.Received = _ => socket.Close(abort: false);
        socket.StartReceiving(sink);
        peer.Send([1]);
        peer.Shutdown(SocketShutdown.Send);
        Harness.RunUntil(() => sink.Count == 1);
        Harness.Settle();
        Assert.False(sink.IsOver);
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void AnyMember_Closed_ThrowsObjectDisposed()
    {
        PollSocket socket = Poller.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Close(abort: false);
        Action[] members =
        [
            () => socket.Connect(new IPEndPoint(IPAddress.Loopback, 1), new ConnectRecorder()),
            () => socket.StartAccepting(new AcceptRecorder()),
            () => socket.StartReceiving(new ReceiveRecorder()),
            () => socket.TrySend([1], out _),
            () => socket.Send(Pattern(1), new SendRecorder()),
            () => socket.Shutdown(SocketShutdown.Both),
            () => _ = socket.LocalEndPoint,
            () => _ = socket.RemoteEndPoint,
            () => _ = socket.NoDelay,
            () => socket.NoDelay = true,
            () => _ = socket.Socket,
        ];
        Assert.All(members, member => Assert.Throws<ObjectDisposedException>(member));
        socket.StopAccepting();
        socket.StopReceiving();
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void Shutdown_Send_PeerSeesTheEndAndCanStillSend()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        socket.TrySend([1], out _);
        Assert.Equal(SocketError.Success, socket.Shutdown(SocketShutdown.Send));
        Assert.Equal([1], ReceiveExactly(peer, 1));
        Assert.Equal(0, peer.Receive(new byte[1]));
        Assert.Equal(0, socket.TrySend([1], out SocketError error));
        Assert.Equal(SocketError.Shutdown, error);

        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        peer.Send([2]);
        peer.Shutdown(SocketShutdown.Send);
        Harness.RunUntil(() => sink.IsOver);
        Assert.Equal([2], sink.Bytes);
        Assert.Equal(1, sink.Ends);
    }

    [Fact]
    public void Dispose_PollerWithSockets_ClosesThem()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        PollSocket listener = Poller.Attach(Harness.Listen());
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        listener.StartAccepting(new AcceptRecorder());
        Poller.Dispose();
        Assert.True(socket.IsClosed);
        Assert.True(listener.IsClosed);
        Assert.Equal(0, peer.Receive(new byte[1]));
        Assert.False(sink.IsOver);
        socket.Close(abort: false);
        Poller.Dispose();
    }

    [Fact]
    public void AnyMember_PollerDisposed_ThrowsObjectDisposed()
    {
        Harness.Turn();
        Poller.Dispose();
        Poller.Wake();
        Assert.False(Poller.HasOperations);
        Assert.Throws<ObjectDisposedException>(() => Harness.Turn());
        Assert.Throws<ObjectDisposedException>(() => Poller.Attach(Harness.Listen()));
        Assert.Throws<ObjectDisposedException>(
            () => Poller.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
    }

    [Fact]
    public void Attach_SocketIsForgotten_ItsFinaliserClosesNothing()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        CollectGarbage();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        peer.Send([1]);
        Harness.RunUntil(() => sink.Count == 1);
        Assert.Equal(1, socket.TrySend([2], out _));
        Harness.Settle();
        Assert.Equal([2], ReceiveExactly(peer, 1));
    }

    [Fact]
    public void Attach_DatagramSocket_Throws()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        ArgumentException error = Assert.Throws<ArgumentException>(() => Poller.Attach(socket));
        Assert.Contains("stream", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attach_DisposedSocket_ThrowsObjectDisposed()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Poller.Attach(socket));
    }

    [Fact]
    public void Socket_OfAnAcceptedConnection_IsConnectedAndShared()
    {
        (PollSocket server, PollSocket client) = Harness.ConnectBoth();
        Socket socket = server.Socket;
        Assert.Same(socket, server.Socket);
        Assert.True(socket.Connected);
        Assert.False(socket.Blocking);
        Assert.Equal(server.RemoteEndPoint, socket.RemoteEndPoint);
        Assert.Equal(server.LocalEndPoint, socket.LocalEndPoint);
        var sink = new ReceiveRecorder();
        server.StartReceiving(sink);
        client.TrySend([1], out _);
        Harness.RunUntil(() => sink.Count == 1);
        server.Close(abort: false);
        Assert.True(socket.SafeHandle.IsClosed);
    }

    [Fact]
    public void NoDelay_TcpSocket_IsSet()
    {
        (PollSocket server, PollSocket client) = Harness.ConnectBoth();
        Assert.False(client.NoDelay);
        client.NoDelay = true;
        Assert.True(client.NoDelay);
        Assert.True(client.Socket.NoDelay);
        server.Socket.NoDelay = true;
        Assert.True(server.NoDelay);
        server.NoDelay = false;
        Assert.False(server.NoDelay);
    }

    [Fact]
    public void NoDelay_UnixSocket_DoesNothing()
    {
        Assert.SkipUnless(Socket.OSSupportsUnixDomainSockets, "This machine has no Unix sockets.");
        PollSocket socket = NewSocket(AddressFamily.Unix, attached: false);
        socket.NoDelay = true;
        Assert.False(socket.NoDelay);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected static void CollectGarbage()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
