using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

public sealed partial class PollerContract
{
    [Clause("The sink of a listener gets each connection once, with its addresses.")]
    internal void StartAccepting_ManyPeersConnect_SinkGetsEachOnce()
    {
        (PollSocket listener, EndPoint address) = Listen();
        var sink = new AcceptRecorder();
        listener.StartAccepting(sink);
        HashSet<EndPoint> peers = [.. Enumerable.Range(0, 40).Select(_ => ConnectPeer(address).LocalEndPoint!)];
        Harness.RunUntil(() => sink.Connections.Count >= peers.Count);
        Harness.Settle();
        Expect.True(peers.SetEquals(sink.Connections.Select(connection => connection.RemoteEndPoint!)));
        Expect.Equal(peers.Count, sink.Connections.Count);
        Expect.Empty(sink.Failures);
        Expect.True(sink.Connections.TrueForAll(connection => address.Equals(connection.LocalEndPoint)));
    }

    [Clause("A second operation of a listener's direction is an InvalidOperationException.")]
    internal void StartAccepting_WhileAccepting_Throws()
    {
        PollSocket listener = Poller.Attach(Harness.Listen());
        listener.StartAccepting(new AcceptRecorder());
        Expect.Throws<InvalidOperationException>(() => listener.StartAccepting(new AcceptRecorder()));
        Expect.Throws<InvalidOperationException>(() => listener.StartReceiving(new ReceiveRecorder()));
    }

    [Clause("To accept on a socket that does not listen is an InvalidOperationException.")]
    internal void StartAccepting_NotListening_Throws()
    {
        PollSocket socket = Poller.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Expect.Throws<InvalidOperationException>(() => socket.StartAccepting(new AcceptRecorder()));
        Expect.False(Poller.HasOperations);
    }

    [Clause("Connections that come while nothing is accepted wait for the next start.")]
    internal void StopAccepting_PeersConnect_NextStartGetsThem()
    {
        (PollSocket listener, EndPoint address) = Listen();
        var first = new AcceptRecorder();
        listener.StartAccepting(first);
        Harness.Settle();
        listener.StopAccepting();
        Expect.False(Poller.HasOperations);
        List<EndPoint> peers = [.. Enumerable.Range(0, 3).Select(_ => ConnectPeer(address).LocalEndPoint!)];
        Harness.Settle();
        Expect.Empty(first.Connections);

        var second = new AcceptRecorder();
        listener.StartAccepting(second);
        Harness.RunUntil(() => second.Connections.Count == 3);
        Expect.True(peers.ToHashSet().SetEquals(second.Connections.Select(connection => connection.RemoteEndPoint!)));
        Expect.Empty(first.Connections);
    }

    [Clause("After a stop from inside the sink nothing more is accepted, and nothing is lost.")]
    internal void StopAccepting_InTheSink_NothingMoreIsAccepted()
    {
        (PollSocket listener, EndPoint address) = Listen();
        var sink = new AcceptRecorder { Accepted = _ => listener.StopAccepting() };
        listener.StartAccepting(sink);
        for (int i = 0; i < 3; i++)
        {
            ConnectPeer(address);
        }

        Harness.RunUntil(() => sink.Connections.Count > 0);
        Harness.Settle();
        Expect.Single(sink.Connections);
        sink.Accepted = null;
        listener.StartAccepting(sink);
        Harness.RunUntil(() => sink.Connections.Count == 3);
    }

    [Clause("An exception of the sink leaves through Execute, and accepting goes on.")]
    internal void OnAccepted_Throws_AcceptingGoesOn()
    {
        (PollSocket listener, EndPoint address) = Listen();
        var sink = new AcceptRecorder { Accepted = _ => throw new InvalidOperationException("by the test") };

        // Both wait already, so that nothing but the first tells of the second.
        ConnectPeer(address);
        ConnectPeer(address);
        listener.StartAccepting(sink);
        Expect.Throws<InvalidOperationException>(() => Harness.RunUntil(() => false));
        sink.Accepted = null;
        Harness.RunUntil(() => sink.Connections.Count == 2);
        ConnectPeer(address);
        Harness.RunUntil(() => sink.Connections.Count == 3);
    }

    [Clause("A listener that its sink closed accepts nothing more.")]
    internal void Close_InTheSinkOfAListener_NothingMoreIsAccepted()
    {
        (PollSocket listener, EndPoint address) = Listen();
        var sink = new AcceptRecorder { Accepted = _ => listener.Close(abort: false) };
        listener.StartAccepting(sink);
        ConnectPeer(address);
        ConnectPeer(address);
        Harness.RunUntil(() => sink.Connections.Count > 0);
        Harness.Settle();
        Expect.Single(sink.Connections);
        Expect.Empty(sink.Failures);
        Expect.True(listener.IsClosed);
        Expect.False(Poller.HasOperations);
    }

    [Clause("A connection that died before it was accepted is not reported, and accepting goes on.")]
    internal void StartAccepting_PeerResetsInTheBacklog_AcceptingGoesOn()
    {
        (PollSocket listener, EndPoint address) = Listen();
        ConnectPeer(address).Close(timeout: 0);
        EndPoint second = ConnectPeer(address).LocalEndPoint!;
        var sink = new AcceptRecorder();
        listener.StartAccepting(sink);
        Harness.RunUntil(() => sink.Connections.Any(connection => second.Equals(connection.RemoteEndPoint)));
        Expect.Empty(sink.Failures);
    }

    private (PollSocket Listener, EndPoint Address) Listen()
    {
        Socket listening = Harness.Listen();
        EndPoint address = listening.LocalEndPoint!;
        return (Poller.Attach(listening), address);
    }

    private Socket ConnectPeer(EndPoint address)
    {
        Socket peer = Harness.Own(new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified));
        peer.Connect(address);
        return peer;
    }
}
