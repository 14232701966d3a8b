using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Gyre.Polling;

namespace Gyre.Testing;

public sealed partial class PollerContract
{
    [Clause("An orderly close delivers what was sent, then the end.")]
    [Case(false)]
    [Case(true)]
    internal void Close_Orderly_PeerGetsTheBytesAndTheEnd(bool receiving)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        if (receiving)
        {
            socket.StartReceiving(new ReceiveRecorder());
            Harness.Settle();
        }

        byte[] data = Pattern(50_000);
        Expect.Equal(data.Length, socket.TrySend(data, out _));
        socket.Close(abort: false);
        Expect.True(socket.IsClosed);
        Expect.Equal(data, ReceiveExactly(peer, data.Length));
        Expect.Equal(0, peer.Receive(new byte[1]));
    }

    [Clause("A close that aborts sends a reset.")]
    [Case(false)]
    [Case(true)]
    internal void Close_Abort_PeerSeesAReset(bool receiving)
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        if (receiving)
        {
            socket.StartReceiving(new ReceiveRecorder());
            Harness.Settle();
        }

        socket.Close(abort: true);
        SocketException error = Expect.Throws<SocketException>(() => peer.Receive(new byte[1]));
        Expect.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Clause("An orderly close of an accepted connection is the end of the peer's input.")]
    internal void Close_AcceptedSocket_PeerSeesTheEnd()
    {
        (PollSocket server, PollSocket client) = Harness.ConnectBoth();
        var sink = new ReceiveRecorder();
        client.StartReceiving(sink);
        server.Close(abort: false);
        Harness.RunUntil(() => sink.IsOver);
        Expect.Equal(1, sink.Ends);
    }

    [Clause("An abort of an accepted connection is a reset at the peer.")]
    internal void Close_Abort_AcceptedSocket_PeerSeesAReset()
    {
        (PollSocket server, PollSocket client) = Harness.ConnectBoth();
        var sink = new ReceiveRecorder();
        client.StartReceiving(sink);
        server.Close(abort: true);
        Harness.RunUntil(() => sink.IsOver);
        Expect.Equal([SocketError.ConnectionReset], sink.Failures);
    }

    [Clause("A second close does nothing.")]
    internal void Close_SecondTime_DoesNothing()
    {
        (PollSocket socket, _) = Harness.Connect();
        socket.Close(abort: false);
        socket.Close(abort: true);
        socket.Dispose();
        Expect.True(socket.IsClosed);
    }

    [Clause("A sink is not called after the close, not even by an operation that was ready before.")]
    internal void Close_OperationIsInTheQueue_SinkIsNotCalled()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        peer.Send([1]);
        Harness.PollUntilReady();

        socket.Close(abort: false);
        Harness.ExecuteReady();
        Harness.Settle();
        Expect.Equal(0, sink.Count);
        Expect.False(sink.IsOver);
    }

    [Clause("An operation of a closed socket does not touch a later one that has its descriptor.")]
    internal void Close_DescriptorIsUsedAgain_OldOperationDoesNotTouchTheNewSocket()
    {
        (PollSocket old, Socket oldPeer) = Harness.Connect();
        var oldSink = new ReceiveRecorder();
        old.StartReceiving(oldSink);
        oldPeer.Send([1]);
        Harness.PollUntilReady();

        // The system gives the lowest free descriptor: the new socket has the old one's.
        old.Close(abort: false);
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        peer.Send([2]);
        Harness.ExecuteReady();
        Harness.RunUntil(() => sink.Count == 1);
        Expect.Equal([2], sink.Bytes);
        Expect.Equal(0, oldSink.Count);
    }

    [Clause("A sink that closed its socket is not called again.")]
    internal void Close_InTheSink_NothingFollows()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        var sink = new ReceiveRecorder();
        sink.Received = _ => socket.Close(abort: false);
        socket.StartReceiving(sink);
        peer.Send([1]);
        peer.Shutdown(SocketShutdown.Send);
        Harness.RunUntil(() => sink.Count == 1);
        Harness.Settle();
        Expect.False(sink.IsOver);
        Expect.False(Poller.HasOperations);
    }

    [Clause(
        "Every member of a closed socket but the stopping ones and IsClosed throws "
        + "ObjectDisposedException.")]
    internal void AnyMember_Closed_ThrowsObjectDisposed()
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
        for (int i = 0; i < members.Length; i++)
        {
            Expect.Throws<ObjectDisposedException>(members[i], $"member {i} of the list");
        }

        socket.StopAccepting();
        socket.StopReceiving();
        Expect.False(Poller.HasOperations);
    }

    [Clause("To end the sending direction delivers what was sent and leaves the other direction open.")]
    internal void Shutdown_Send_PeerSeesTheEndAndCanStillSend()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        socket.TrySend([1], out _);
        Expect.Equal(SocketError.Success, socket.Shutdown(SocketShutdown.Send));
        Expect.Equal([1], ReceiveExactly(peer, 1));
        Expect.Equal(0, peer.Receive(new byte[1]));
        Expect.Equal(0, socket.TrySend([1], out SocketError error));
        Expect.Equal(SocketError.Shutdown, error);

        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        peer.Send([2]);
        peer.Shutdown(SocketShutdown.Send);
        Harness.RunUntil(() => sink.IsOver);
        Expect.Equal([2], sink.Bytes);
        Expect.Equal(1, sink.Ends);
    }

    [Clause("A poller that is disposed closes its sockets and calls no sink.")]
    internal void Dispose_PollerWithSockets_ClosesThem()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        PollSocket listener = Poller.Attach(Harness.Listen());
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        listener.StartAccepting(new AcceptRecorder());
        Poller.Dispose();
        Expect.True(socket.IsClosed);
        Expect.True(listener.IsClosed);
        Expect.Equal(0, peer.Receive(new byte[1]));
        Expect.False(sink.IsOver);
        socket.Close(abort: false);
        Poller.Dispose();
    }

    [Clause("Members of a disposed poller throw ObjectDisposedException, and Wake does nothing.")]
    internal void AnyMember_PollerDisposed_ThrowsObjectDisposed()
    {
        Harness.Turn();
        Poller.Dispose();
        Poller.Wake();
        Expect.False(Poller.HasOperations);
        Expect.Throws<ObjectDisposedException>(() => Harness.Turn());
        Expect.Throws<ObjectDisposedException>(() => Poller.Attach(Harness.Listen()));
        Expect.Throws<ObjectDisposedException>(
            () => Poller.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
    }

    [Clause("The poller owns an attached socket: it works though nobody else holds it.")]
    internal void Attach_SocketIsForgotten_ItsFinaliserClosesNothing()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        CollectGarbage();
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        peer.Send([1]);
        Harness.RunUntil(() => sink.Count == 1);
        Expect.Equal(1, socket.TrySend([2], out _));
        Harness.Settle();
        Expect.Equal([2], ReceiveExactly(peer, 1));
    }

    [Clause("To attach a socket that is neither a stream nor of datagrams is an ArgumentException that says so.")]
    internal void Attach_SequencedSocket_Throws()
    {
        Expect.Applies(OperatingSystem.IsLinux(), "Only Linux has sequenced Unix sockets.");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        ArgumentException error = Expect.Throws<ArgumentException>(() => Poller.Attach(socket));
        Expect.Mentions("stream", error);
    }

    [Clause("To attach a disposed socket is an ObjectDisposedException.")]
    internal void Attach_DisposedSocket_ThrowsObjectDisposed()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Dispose();
        Expect.Throws<ObjectDisposedException>(() => Poller.Attach(socket));
    }

    [Clause(
        "The Socket of a connection is one object, connected, non-blocking, and closed with the "
        + "connection.")]
    internal void Socket_OfAnAcceptedConnection_IsConnectedAndShared()
    {
        (PollSocket server, PollSocket client) = Harness.ConnectBoth();
        Socket socket = server.Socket;
        Expect.Same(socket, server.Socket);
        Expect.True(socket.Connected);
        Expect.False(socket.Blocking);
        Expect.Equal(server.RemoteEndPoint, socket.RemoteEndPoint);
        Expect.Equal(server.LocalEndPoint, socket.LocalEndPoint);
        var sink = new ReceiveRecorder();
        server.StartReceiving(sink);
        client.TrySend([1], out _);
        Harness.RunUntil(() => sink.Count == 1);
        server.Close(abort: false);
        Expect.True(socket.SafeHandle.IsClosed);
    }

    [Clause("NoDelay sets the option of a TCP socket and shows it.")]
    internal void NoDelay_TcpSocket_IsSet()
    {
        (PollSocket server, PollSocket client) = Harness.ConnectBoth();
        Expect.False(client.NoDelay);
        client.NoDelay = true;
        Expect.True(client.NoDelay);
        Expect.True(client.Socket.NoDelay);
        server.Socket.NoDelay = true;
        Expect.True(server.NoDelay);
        server.NoDelay = false;
        Expect.False(server.NoDelay);
    }

    [Clause("NoDelay of a socket that is not TCP is false, and setting it does nothing.")]
    internal void NoDelay_UnixSocket_DoesNothing()
    {
        Expect.Applies(Socket.OSSupportsUnixDomainSockets, "This machine has no Unix sockets.");
        PollSocket socket = NewSocket(AddressFamily.Unix, attached: false);
        socket.NoDelay = true;
        Expect.False(socket.NoDelay);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CollectGarbage()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
