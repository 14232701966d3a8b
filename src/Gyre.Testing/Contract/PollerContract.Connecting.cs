using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

public sealed partial class PollerContract
{
    [Clause(
        "The sink of a connect hears once that the connection stands, after the call; then the "
        + "addresses are known.")]
    [Case(false)]
    [Case(true)]
    internal void Connect_Listener_Connects(bool attached)
    {
        Socket listener = Harness.Listen();
        PollSocket socket = NewSocket(AddressFamily.InterNetwork, attached);
        Expect.Null(socket.RemoteEndPoint);
        Expect.Null(socket.LocalEndPoint);
        var sink = new ConnectRecorder();
        socket.Connect(listener.LocalEndPoint!, sink);
        Expect.False(sink.IsDone);
        Expect.True(Poller.HasOperations);
        Harness.RunUntil(() => sink.IsDone);
        Harness.Settle();
        Expect.Equal(SocketError.Success, sink.Error);
        Expect.Equal(1, sink.Calls);
        Expect.False(Poller.HasOperations);

        using Socket peer = listener.Accept();
        Expect.Equal(peer.RemoteEndPoint, socket.LocalEndPoint);
        Expect.Equal(peer.LocalEndPoint, socket.RemoteEndPoint);

        // The BCL's Socket knows of it too, whether it was there before the connection or is made after it.
        Expect.True(socket.Socket.Connected);
        Expect.Equal(peer.LocalEndPoint, socket.Socket.RemoteEndPoint);
        Expect.Equal(peer.RemoteEndPoint, socket.Socket.LocalEndPoint);
    }

    [Clause("The sink of a connect hears the reason of a failure once.")]
    [Case(false)]
    [Case(true)]
    internal void Connect_NobodyListens_ConnectionRefused(bool attached)
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        PollSocket socket = NewSocket(AddressFamily.InterNetwork, attached);
        var sink = new ConnectRecorder();
        socket.Connect(bound.LocalEndPoint!, sink);
        Harness.RunUntil(() => sink.IsDone);
        Harness.Settle();
        Expect.Equal(SocketError.ConnectionRefused, sink.Error);
        Expect.Equal(1, sink.Calls);
        Expect.False(Poller.HasOperations);
        socket.Close(abort: false);
    }

    [Clause("To connect or send while a connect is under way is an InvalidOperationException.")]
    internal void Connect_WhileConnecting_Throws()
    {
        Socket listener = Harness.Listen();
        PollSocket socket = NewSocket(AddressFamily.InterNetwork, attached: false);
        socket.Connect(listener.LocalEndPoint!, new ConnectRecorder());
        Expect.Throws<InvalidOperationException>(
            () => socket.Connect(listener.LocalEndPoint!, new ConnectRecorder()));
        Expect.Throws<InvalidOperationException>(() => socket.TrySend([1], out _));
        Expect.Throws<InvalidOperationException>(() => socket.Send(Pattern(1), new SendRecorder()));
    }

    [Clause("To connect to a name is an ArgumentException that says to resolve it.")]
    internal void Connect_Name_ThrowsAndSaysWhatToDo()
    {
        PollSocket socket = NewSocket(AddressFamily.InterNetwork, attached: false);
        ArgumentException error = Expect.Throws<ArgumentException>(
            () => socket.Connect(new DnsEndPoint("localhost", 1), new ConnectRecorder()));
        Expect.Mentions("resolve", error);
        Expect.False(Poller.HasOperations);
    }

    [Clause("A close ends a connect, and its sink is not called.")]
    internal void Close_WhileConnecting_SinkIsNotCalled()
    {
        Socket listener = Harness.Listen();
        PollSocket socket = NewSocket(AddressFamily.InterNetwork, attached: false);
        var sink = new ConnectRecorder();
        socket.Connect(listener.LocalEndPoint!, sink);
        Harness.PollOnly(timeoutNanoseconds: 1_000_000);
        socket.Close(abort: false);
        Expect.False(Poller.HasOperations);
        Harness.ExecuteReady();
        Harness.Settle();
        Expect.Equal(0, sink.Calls);
    }

    [Clause("A dual-mode socket connects to an IPv4 address.")]
    internal void Connect_IPv4AddressOnADualModeSocket_Connects()
    {
        Expect.Applies(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        Socket listener = Harness.Listen();
        Socket dual = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        PollSocket socket = Poller.Attach(dual);
        var sink = new ConnectRecorder();
        socket.Connect(listener.LocalEndPoint!, sink);
        Harness.RunUntil(() => sink.IsDone);
        Expect.Equal(SocketError.Success, sink.Error);
    }

    [Clause("Connections of IPv6 work as those of IPv4 do.")]
    internal void Connect_IPv6_Connects()
    {
        Expect.Applies(Socket.OSSupportsIPv6, "This machine has no IPv6.");
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
        Expect.Equal(SocketError.Success, sink.Error);
        Expect.Equal(address, socket.RemoteEndPoint);
        Expect.Equal(socket.LocalEndPoint, accepted.Connections[0].RemoteEndPoint);
    }

    [Clause("Connections of Unix sockets carry bytes and the end.")]
    [Case(false)]
    [Case(true)]
    internal void Connect_UnixSocket_ConnectsAndCarriesBytes(bool attached)
    {
        Expect.Applies(Socket.OSSupportsUnixDomainSockets, "This machine has no Unix sockets.");
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
        Expect.Equal(0, sink.Calls);
        Harness.RunUntil(() => sink.IsDone && accepted.Connections.Count == 1);
        Expect.Equal(SocketError.Success, sink.Error);
        Expect.Equal(address.ToString(), socket.RemoteEndPoint!.ToString());
        Expect.True(socket.Socket.Connected);

        byte[] data = Pattern(300_000);
        var received = new ReceiveRecorder();
        accepted.Connections[0].StartReceiving(received);
        var sender = new SocketSender(socket, data);
        Harness.RunUntil(() => sender.IsDone);
        socket.Close(abort: false);
        Harness.RunUntil(() => received.IsOver);
        Expect.Equal(data, received.Bytes);
        Expect.Equal(1, received.Ends);
    }

    [Clause("A connect to a Unix socket that is not there fails, once.")]
    [Case(false)]
    [Case(true)]
    internal void Connect_UnixSocketThatIsNotThere_Fails(bool attached)
    {
        Expect.Applies(Socket.OSSupportsUnixDomainSockets, "This machine has no Unix sockets.");
        using var folder = new TemporaryFolder();
        PollSocket socket = NewSocket(AddressFamily.Unix, attached);
        var sink = new ConnectRecorder();
        socket.Connect(new UnixDomainSocketEndPoint(folder.Combine("none")), sink);
        Harness.RunUntil(() => sink.IsDone);
        Expect.NotEqual(SocketError.Success, sink.Error);
        Expect.Equal(1, sink.Calls);
    }

    private PollSocket NewSocket(AddressFamily family, bool attached)
    {
        ProtocolType protocol = family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        return attached
            ? Poller.Attach(new Socket(family, SocketType.Stream, protocol))
            : Poller.CreateSocket(family, SocketType.Stream, protocol);
    }
}
