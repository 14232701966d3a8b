using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling.Tests;

public abstract partial class PollerContract
{
    [Fact]
    public void StartAccepting_ManyPeersConnect_SinkGetsEachOnce()
    {
        Socket listening = Harness.Listen();
        EndPoint address = listening.LocalEndPoint!;
        PollSocket listener = Poller.Attach(listening);
        var sink = new AcceptRecorder();
        listener.StartAccepting(sink);
        HashSet<EndPoint> peers = [.. Enumerable.Range(0, 40).Select(_ => ConnectPeer(address).LocalEndPoint!)];
        Harness.RunUntil(() => sink.Connections.Count >= peers.Count);
        Harness.Settle();
        Assert.Equal(peers, sink.Connections.Select(connection => connection.RemoteEndPoint!).ToHashSet());
        Assert.Equal(peers.Count, sink.Connections.Count);
        Assert.Empty(sink.Failures);
        Assert.All(sink.Connections, connection => Assert.Equal(address, connection.LocalEndPoint));
    }

    [Fact]
    public void StartAccepting_WhileAccepting_Throws()
    {
        PollSocket listener = Poller.Attach(Harness.Listen());
        listener.StartAccepting(new AcceptRecorder());
        Assert.Throws<InvalidOperationException>(() => listener.StartAccepting(new AcceptRecorder()));
        Assert.Throws<InvalidOperationException>(() => listener.StartReceiving(new ReceiveRecorder()));
    }

    [Fact]
    public void StartAccepting_NotListening_Throws()
    {
        PollSocket socket = Poller.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<InvalidOperationException>(() => socket.StartAccepting(new AcceptRecorder()));
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void StopAccepting_PeersConnect_NextStartGetsThem()
    {
        Socket listening = Harness.Listen();
        EndPoint address = listening.LocalEndPoint!;
        PollSocket listener = Poller.Attach(listening);
        var first = new AcceptRecorder();
        listener.StartAccepting(first);
        Harness.Settle();
        listener.StopAccepting();
        Assert.False(Poller.HasOperations);
        List<EndPoint> peers = [.. Enumerable.Range(0, 3).Select(_ => ConnectPeer(address).LocalEndPoint!)];
        Harness.Settle();
        Assert.Empty(first.Connections);

        var second = new AcceptRecorder();
        listener.StartAccepting(second);
        Harness.RunUntil(() => second.Connections.Count == 3);
        Assert.Equal(
            peers.ToHashSet(), second.Connections.Select(connection => connection.RemoteEndPoint!).ToHashSet());
        Assert.Empty(first.Connections);
    }

    [Fact]
    public void StopAccepting_InTheSink_NothingMoreIsAccepted()
    {
        Socket listening = Harness.Listen();
        EndPoint address = listening.LocalEndPoint!;
        PollSocket listener = Poller.Attach(listening);
        var sink = new AcceptRecorder { Accepted = _ => listener.StopAccepting() };
        listener.StartAccepting(sink);
        for (int i = 0; i < 3; i++)
        {
            ConnectPeer(address);
        }

        Harness.RunUntil(() => sink.Connections.Count > 0);
        Harness.Settle();
        Assert.Single(sink.Connections);
        sink.Accepted = null;
        listener.StartAccepting(sink);
        Harness.RunUntil(() => sink.Connections.Count == 3);
    }

    [Fact]
    public void OnAccepted_Throws_AcceptingGoesOn()
    {
        Socket listening = Harness.Listen();
        EndPoint address = listening.LocalEndPoint!;
        PollSocket listener = Poller.Attach(listening);
        var sink = new AcceptRecorder { Accepted = _ => throw new InvalidOperationException("by the test") };
        listener.StartAccepting(sink);
        ConnectPeer(address);
        Assert.Throws<InvalidOperationException>(() => Harness.RunUntil(() => false));
        sink.Accepted = null;
        ConnectPeer(address);
        Harness.RunUntil(() => sink.Connections.Count == 2);
    }

    [Fact]
    public void Close_InTheSinkOfAListener_NothingMoreIsAccepted()
    {
        Socket listening = Harness.Listen();
        EndPoint address = listening.LocalEndPoint!;
        PollSocket listener = Poller.Attach(listening);
        var sink = new AcceptRecorder { Accepted = _ => listener.Close(abort: false) };
        listener.StartAccepting(sink);
        ConnectPeer(address);
        ConnectPeer(address);
        Harness.RunUntil(() => sink.Connections.Count > 0);
        Harness.Settle();
        Assert.Single(sink.Connections);
        Assert.Empty(sink.Failures);
        Assert.True(listener.IsClosed);
        Assert.False(Poller.HasOperations);
    }

    [Fact]
    public void StartAccepting_PeerResetsInTheBacklog_AcceptingGoesOn()
    {
        Socket listening = Harness.Listen();
        EndPoint address = listening.LocalEndPoint!;
        PollSocket listener = Poller.Attach(listening);
        ConnectPeer(address).Close(timeout: 0);
        EndPoint second = ConnectPeer(address).LocalEndPoint!;
        var sink = new AcceptRecorder();
        listener.StartAccepting(sink);
        Harness.RunUntil(() => sink.Connections.Any(connection => second.Equals(connection.RemoteEndPoint)));
        Assert.Empty(sink.Failures);
    }

    private Socket ConnectPeer(EndPoint address)
    {
        Socket peer = Harness.Own(new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified));
        peer.Connect(address);
        return peer;
    }
}
