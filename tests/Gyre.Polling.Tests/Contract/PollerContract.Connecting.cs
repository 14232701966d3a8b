using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling.Tests;

public abstract partial class PollerContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connect_Listener_Connects(bool attached)
    {
        Socket listener = Harness.Listen();
        PollSocket socket = NewSocket(AddressFamily.InterNetwork, attached);
        Assert.Null(socket.RemoteEndPoint);
        Assert.Null(socket.LocalEndPoint);
        var sink = new ConnectRecorder();
        socket.Connect(listener.LocalEndPoint!, sink);
        Assert.False(sink.IsDone);
        Assert.True(Poller.HasOperations);
        Harness.RunUntil(() => sink.IsDone);
        Harness.Settle();
        Assert.Equal(SocketError.Success, sink.Error);
        Assert.Equal(1, sink.Calls);
        Assert.False(Poller.HasOperations);

        using Socket peer = listener.Accept();
        Assert.Equal(peer.RemoteEndPoint, socket.LocalEndPoint);
        Assert.Equal(peer.LocalEndPoint, socket.RemoteEndPoint);

        // The BCL's Socket knows of it too, whether it was there before the connection or is made after it.
        Assert.True(socket.Socket.Connected);
        Assert.Equal(peer.LocalEndPoint, socket.Socket.RemoteEndPoint);
        Assert.Equal(peer.RemoteEndPoint, socket.Socket.LocalEndPoint);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connect_NobodyListens_ConnectionRefused(bool attached)
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        PollSocket socket = NewSocket(AddressFamily.InterNetwork, attached);
        var sink = new ConnectRecorder();
        socket.Connect(bound.LocalEndPoint!, sink);
        Harness.RunUntil(() => sink.IsDone);
        Harness.Settle();
        Assert.Equal(SocketError.ConnectionRefused, sink.Error);
        Assert.Equal(1, sink.Calls);
        Assert.False(Poller.HasOperations);
        socket.Close(abort: false);
    }

    [Fact]
    public void Connect_WhileConnecting_Throws()
    {
        Socket listener = Harness.Listen();
        PollSocket socket = NewSocket(AddressFamily.InterNetwork, attached: false);
        socket.Connect(listener.LocalEndPoint!, new ConnectRecorder());
        Assert.Throws<InvalidOperationException>(
            () => socket.Connect(listener.LocalEndPoint!, new ConnectRecorder()));
        Assert.Throws<InvalidOperationException>(() => socket.TrySend([1], out _));
        Assert.Throws<InvalidOperationException>(() => socket.Send(Pattern(1), new SendRecorder()));
    }

    [Fact]
    public void Connect_Name_ThrowsAndSaysWhatToDo()
    {
        PollSocket socket = NewSocket(AddressFamily.InterNetwork, attached: false);
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => socket.Connect(new DnsEndPoint("localhost", 1), new ConnectRecorder()));
        Assert.Contains("Resolve the name", error.Message, StringComparison.Ordinal);
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void Close_WhileConnecting_SinkIsNotCalled()
    {
        Socket listener = Harness.Listen();
        PollSocket socket = NewSocket(AddressFamily.InterNetwork, attached: false);
        var sink = new ConnectRecorder();
        socket.Connect(listener.LocalEndPoint!, sink);
        Harness.PollOnly(timeoutNanoseconds: 1_000_000);
        socket.Close(abort: false);
        Assert.False(Poller.HasOperations);
        Harness.ExecuteReady();
        Harness.Settle();
        Assert.Equal(0, sink.Calls);
    }

    [Fact]
    public void Connect_IPv4AddressOnADualModeSocket_Connects()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        Socket listener = Harness.Listen();
        Socket dual = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        PollSocket socket = Poller.Attach(dual);
        var sink = new ConnectRecorder();
        socket.Connect(listener.LocalEndPoint!, sink);
        Harness.RunUntil(() => sink.IsDone);
        Assert.Equal(SocketError.Success, sink.Error);
    }

    [Fact]
    public void Connect_IPv6_Connects()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        Socket listener = Harness.Own(
            new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        EndPoint address = listener.LocalEndPoint!;
        PollSocket accepting = Poller.Attach(listener);
        var accepted = new AcceptRecorder();
        accepting.StartAccepting(accepted);
        PollSocket socket = NewSocket(AddressFamily.InterNetworkV6, attached: false);
        var sink = new ConnectRecorder();
        socket.Connect(address, sink);
        Harness.RunUntil(() => sink.IsDone && accepted.Connections.Count == 1);
        Assert.Equal(SocketError.Success, sink.Error);
        Assert.Equal(address, socket.RemoteEndPoint);
        Assert.Equal(socket.LocalEndPoint, accepted.Connections[0].RemoteEndPoint);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connect_UnixSocket_ConnectsAndCarriesBytes(bool attached)
    {
        Assert.SkipUnless(Socket.OSSupportsUnixDomainSockets, "This machine has no Unix sockets.");
        using var folder = new TemporaryFolder();
        var address = new UnixDomainSocketEndPoint(folder.Combine("s"));
        Socket listener = Harness.Own(
            new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        listener.Bind(address);
        listener.Listen();
        PollSocket accepting = Poller.Attach(listener);
        var accepted = new AcceptRecorder();
        accepting.StartAccepting(accepted);
        PollSocket socket = NewSocket(AddressFamily.Unix, attached);
        var sink = new ConnectRecorder();
        socket.Connect(address, sink);
        Assert.Equal(0, sink.Calls);
        Harness.RunUntil(() => sink.IsDone && accepted.Connections.Count == 1);
        Assert.Equal(SocketError.Success, sink.Error);
        Assert.Equal(address.ToString(), socket.RemoteEndPoint!.ToString());
        Assert.True(socket.Socket.Connected);

        byte[] data = Pattern(300_000);
        var received = new ReceiveRecorder();
        accepted.Connections[0].StartReceiving(received);
        var sender = new WholeSender(socket, data);
        Harness.RunUntil(() => sender.IsDone);
        socket.Close(abort: false);
        Harness.RunUntil(() => received.IsOver);
        Assert.Equal(data, received.Bytes);
        Assert.Equal(1, received.Ends);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connect_UnixSocketThatIsNotThere_Fails(bool attached)
    {
        Assert.SkipUnless(Socket.OSSupportsUnixDomainSockets, "This machine has no Unix sockets.");
        using var folder = new TemporaryFolder();
        PollSocket socket = NewSocket(AddressFamily.Unix, attached);
        var sink = new ConnectRecorder();
        socket.Connect(new UnixDomainSocketEndPoint(folder.Combine("none")), sink);
        Harness.RunUntil(() => sink.IsDone);
        Assert.NotEqual(SocketError.Success, sink.Error);
        Assert.Equal(1, sink.Calls);
    }

    private PollSocket NewSocket(AddressFamily family, bool attached)
    {
        ProtocolType protocol = family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        return attached
            ? Poller.Attach(new Socket(family, SocketType.Stream, protocol))
            : Poller.CreateSocket(family, SocketType.Stream, protocol);
    }
}
