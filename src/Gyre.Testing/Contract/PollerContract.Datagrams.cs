using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

public sealed partial class PollerContract
{
    [Clause("Each datagram comes whole, with its sender, the empty one too.")]
    [Case(AddressFamily.InterNetwork, 0)]
    [Case(AddressFamily.InterNetwork, 1)]
    [Case(AddressFamily.InterNetwork, 65_507)]
    [Case(AddressFamily.InterNetworkV6, 1_400)]
    internal void StartReceivingFrom_DatagramArrives_SinkGetsItAndItsSender(AddressFamily family, int length)
    {
        (PollSocket socket, EndPoint address) = BindDatagrams(LoopbackOf(family));
        Socket peer = NewPeer(LoopbackOf(family));
        var sink = new DatagramRecorder();
        socket.StartReceivingFrom(sink);
        Expect.True(Poller.HasOperations);
        byte[] data = Pattern(length);
        peer.SendTo(data, address);
        Harness.RunUntil(() => sink.Count == 1);
        Expect.Equal(data, sink.Datagrams[0].Data);
        Expect.Equal(peer.LocalEndPoint, sink.Datagrams[0].From);
        Expect.Empty(sink.Losses);
    }

    [Clause("Datagrams keep their order and their borders, also those that came before the start.")]
    internal void StartReceivingFrom_ManyArrivedBefore_SinkGetsEachInOrder()
    {
        const int Count = 50;
        (PollSocket socket, EndPoint address) = BindDatagrams(LoopbackOf(AddressFamily.InterNetwork));
        Socket peer = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        for (int i = 0; i < Count; i++)
        {
            peer.SendTo(Pattern(i), address);
        }

        var sink = new DatagramRecorder();
        socket.StartReceivingFrom(sink);
        Expect.Equal(0, sink.Count);
        Harness.RunUntil(() => sink.Count == Count);
        for (int i = 0; i < Count; i++)
        {
            Expect.Equal(Pattern(i), sink.Datagrams[i].Data);
        }
    }

    [Clause("A sender that sends again is the same object.")]
    internal void StartReceivingFrom_SameSender_IsTheSameObject()
    {
        (PollSocket socket, EndPoint address) = BindDatagrams(LoopbackOf(AddressFamily.InterNetwork));
        Socket peer = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        var sink = new DatagramRecorder();
        socket.StartReceivingFrom(sink);
        peer.SendTo([1], address);
        Harness.RunUntil(() => sink.Count == 1);
        peer.SendTo([2], address);
        Harness.RunUntil(() => sink.Count == 2);
        Expect.Same(sink.Datagrams[0].From, sink.Datagrams[1].From);
    }

    [Clause("What a sink has not seen when it stops is not lost: the next start gets it.")]
    internal void StopReceiving_WithinABurst_NextStartGetsTheRest()
    {
        const int Count = 20;
        (PollSocket socket, EndPoint address) = BindDatagrams(LoopbackOf(AddressFamily.InterNetwork));
        Socket peer = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        var first = new DatagramRecorder { Received = socket.StopReceiving };
        socket.StartReceivingFrom(first);
        for (int i = 0; i < Count; i++)
        {
            peer.SendTo([(byte)i], address);
        }

        Harness.RunUntil(() => first.Count == 1);
        Harness.Settle();
        Expect.Equal(1, first.Count);
        Expect.False(Poller.HasOperations);
        var second = new DatagramRecorder();
        socket.StartReceivingFrom(second);
        Harness.RunUntil(() => second.Count == Count - 1);
        Expect.Equal(
            [.. Enumerable.Range(0, Count).Select(i => (byte)i)],
            first.Datagrams.Concat(second.Datagrams).Select(datagram => datagram.Data[0]).ToArray());
    }

    [Clause("A sink's exception loses no datagram: the rest comes in the next turn.")]
    internal void StartReceivingFrom_SinkThrows_TheRestComes()
    {
        const int Count = 20;
        (PollSocket socket, EndPoint address) = BindDatagrams(LoopbackOf(AddressFamily.InterNetwork));
        Socket peer = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        for (int i = 0; i < Count; i++)
        {
            peer.SendTo([(byte)i], address);
        }

        var sink = new DatagramRecorder();
        sink.Received = () => throw new TimeZoneNotFoundException();
        socket.StartReceivingFrom(sink);
        for (int thrown = 0; thrown < Count;)
        {
            try
            {
                Harness.RunUntil(() => sink.Count == Count);
                break;
            }
            catch (TimeZoneNotFoundException)
            {
                thrown++;
            }
        }

        Expect.Equal(
            [.. Enumerable.Range(0, Count).Select(i => (byte)i)],
            sink.Datagrams.Select(datagram => datagram.Data[0]).ToArray());
    }

    [Clause("A socket that is closed by its sink calls nobody any more.")]
    internal void StartReceivingFrom_SinkCloses_HearsNothingMore()
    {
        (PollSocket socket, EndPoint address) = BindDatagrams(LoopbackOf(AddressFamily.InterNetwork));
        Socket peer = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        peer.SendTo([1], address);
        peer.SendTo([2], address);
        var sink = new DatagramRecorder { Received = () => socket.Close(abort: false) };
        socket.StartReceivingFrom(sink);
        Harness.RunUntil(() => sink.Count > 0);
        Harness.Settle();
        Expect.Equal(1, sink.Count);
        Expect.False(Poller.HasOperations);
        Expect.Throws<ObjectDisposedException>(() => socket.StartReceivingFrom(sink));
        Expect.Throws<ObjectDisposedException>(() => socket.TrySendTo([1], address));
    }

    [Clause("Datagrams go to the address that is given, the empty one too.")]
    [Case(AddressFamily.InterNetwork)]
    [Case(AddressFamily.InterNetworkV6)]
    internal void TrySendTo_Address_PeerGetsThem(AddressFamily family)
    {
        (PollSocket socket, EndPoint address) = BindDatagrams(LoopbackOf(family));
        Socket peer = NewPeer(LoopbackOf(family));
        Expect.Equal(SocketError.Success, socket.TrySendTo([1, 2, 3], peer.LocalEndPoint));
        Expect.Equal(SocketError.Success, socket.TrySendTo([], peer.LocalEndPoint));
        Harness.Settle();
        byte[] buffer = new byte[10];
        EndPoint from = LoopbackOf(family);
        Expect.Equal(3, peer.ReceiveFrom(buffer, ref from));
        Expect.Equal(address, from);
        Expect.Equal(0, peer.ReceiveFrom(buffer, ref from));
    }

    [Clause("A changed end point is sent to where it leads now.")]
    internal void TrySendTo_EndPointIsChanged_GoesToTheNewAddress()
    {
        (PollSocket socket, _) = BindDatagrams(LoopbackOf(AddressFamily.InterNetwork));
        Socket first = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        Socket second = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        var remote = new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)first.LocalEndPoint!).Port);
        socket.TrySendTo([1], remote);
        remote.Port = ((IPEndPoint)second.LocalEndPoint!).Port;
        socket.TrySendTo([2], remote);
        Harness.Settle();
        Expect.Equal([1], ReceiveExactly(first, 1));
        Expect.Equal([2], ReceiveExactly(second, 1));
    }

    [Clause("A dual-mode socket sends to IPv4 addresses in their IPv6 form.")]
    internal void TrySendTo_DualModeSocket_ReachesIPv4()
    {
        Expect.Applies(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        var dual = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        PollSocket socket = Poller.Attach(dual);
        Socket peer = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        Expect.Equal(SocketError.Success, socket.TrySendTo([7], peer.LocalEndPoint));
        Harness.Settle();
        Expect.Equal([7], ReceiveExactly(peer, 1));
    }

    [Clause("A connected socket sends without an address, and hears only its peer.")]
    internal void Connect_DatagramSocket_SendsAndReceives()
    {
        PollSocket socket = NewDatagrams(AddressFamily.InterNetwork);
        Socket peer = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        var connected = new ConnectRecorder();
        socket.Connect(peer.LocalEndPoint!, connected);
        Harness.RunUntil(() => connected.IsDone);
        Expect.Equal(SocketError.Success, connected.Error);
        Expect.Equal(peer.LocalEndPoint, socket.RemoteEndPoint);
        Expect.Equal(SocketError.Success, socket.TrySendTo([1], remote: null));
        Harness.Settle();
        Expect.Equal([1], ReceiveExactly(peer, 1));
        var sink = new DatagramRecorder();
        socket.StartReceivingFrom(sink);
        peer.SendTo([2], socket.LocalEndPoint!);
        Harness.RunUntil(() => sink.Count == 1);
        Expect.Equal(peer.LocalEndPoint, sink.Datagrams[0].From);
    }

    [Clause("That nobody listens at the peer's address is told, and receiving goes on.")]
    internal void StartReceivingFrom_PeerIsGone_TellsAndGoesOn()
    {
        Socket peer = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        EndPoint address = peer.LocalEndPoint!;
        var connecting = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        connecting.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        connecting.Connect(address);
        EndPoint local = connecting.LocalEndPoint!;
        PollSocket socket = Poller.Attach(connecting);
        var sink = new DatagramRecorder();
        socket.StartReceivingFrom(sink);
        peer.Dispose();
        Harness.Settle();
        Expect.Equal(SocketError.Success, socket.TrySendTo([1], remote: null));

        // One turn finds both: the datagram behind the error is not forgotten.
        Socket successor = NewPeer((IPEndPoint)address);
        successor.SendTo([2], local);
        Harness.RunUntil(() => sink.Losses.Count == 1 && sink.Count == 1);
        Expect.True(
            sink.Losses[0] is SocketError.ConnectionRefused or SocketError.ConnectionReset, $"{sink.Losses[0]}");
        Expect.Empty(sink.Failures);
    }

    [Clause("A datagram that is too long is an error of its own; the next one goes out.")]
    internal void TrySendTo_TooLong_IsAnErrorAndTheNextGoesOut()
    {
        (PollSocket socket, _) = BindDatagrams(LoopbackOf(AddressFamily.InterNetwork));
        Socket peer = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        Expect.Equal(SocketError.MessageSize, socket.TrySendTo(new byte[70_000], peer.LocalEndPoint));
        var sink = new SendRecorder();
        socket.SendTo(Pattern(70_000), peer.LocalEndPoint, sink);
        Expect.Equal(0, sink.Calls);
        Harness.RunUntil(() => sink.Calls == 1);
        Expect.Equal(SocketError.MessageSize, sink.Error);
        Expect.Equal(SocketError.Success, socket.TrySendTo([5], peer.LocalEndPoint));
        Harness.Settle();
        Expect.Equal([5], ReceiveExactly(peer, 1));
    }

    [Clause("SendTo tells the datagram's length, once, and not inside the call.")]
    internal void SendTo_ThereIsRoom_SinkHearsTheLength()
    {
        (PollSocket socket, _) = BindDatagrams(LoopbackOf(AddressFamily.InterNetwork));
        Socket peer = NewPeer(LoopbackOf(AddressFamily.InterNetwork));
        var sink = new SendRecorder();
        socket.SendTo(Pattern(100), peer.LocalEndPoint, sink);
        Expect.Equal(0, sink.Calls);
        Expect.Throws<InvalidOperationException>(() => socket.TrySendTo([1], peer.LocalEndPoint));
        Harness.RunUntil(() => sink.Calls == 1);
        Expect.Equal(100, sink.Count);
        Expect.Equal(Pattern(100), ReceiveExactly(peer, 100));
        Harness.Settle();
        Expect.Equal(1, sink.Calls);
    }

    [Clause("An address that is a name, or of another family, is an ArgumentException.")]
    internal void TrySendTo_UnsuitableAddress_Throws()
    {
        (PollSocket socket, _) = BindDatagrams(LoopbackOf(AddressFamily.InterNetwork));
        ArgumentException name = Expect.Throws<ArgumentException>(
            () => socket.TrySendTo([1], new DnsEndPoint("localhost", 9)));
        Expect.Mentions("resolve", name);
        Expect.Throws<ArgumentException>(() => socket.TrySendTo([1], new IPEndPoint(IPAddress.IPv6Loopback, 9)));
    }

    [Clause("Members for streams are refused on datagram sockets, and the other way round.")]
    internal void WrongKindOfSocket_AnyMember_Throws()
    {
        (PollSocket datagrams, EndPoint address) = BindDatagrams(LoopbackOf(AddressFamily.InterNetwork));
        Expect.Throws<InvalidOperationException>(() => datagrams.StartReceiving(new ReceiveRecorder()));
        Expect.Throws<InvalidOperationException>(() => datagrams.StartAccepting(new AcceptRecorder()));
        Expect.Throws<InvalidOperationException>(() => datagrams.TrySend([1], out _));
        Expect.Throws<InvalidOperationException>(() => datagrams.Send(Pattern(1), new SendRecorder()));
        (PollSocket stream, _) = Harness.Connect();
        Expect.Throws<InvalidOperationException>(() => stream.StartReceivingFrom(new DatagramRecorder()));
        Expect.Throws<InvalidOperationException>(() => stream.TrySendTo([1], address));
        Expect.Throws<InvalidOperationException>(() => stream.SendTo(Pattern(1), address, new SendRecorder()));
        datagrams.StartReceivingFrom(new DatagramRecorder());
        Expect.Throws<InvalidOperationException>(() => datagrams.StartReceivingFrom(new DatagramRecorder()));
    }

    private static IPEndPoint LoopbackOf(AddressFamily family)
    {
        Expect.Applies(
            family == AddressFamily.InterNetwork || Socket.OSSupportsIPv6, "This machine has no IPv6.");
        return new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0);
    }

    /// <summary>A blocking datagram socket of the BCL.</summary>
    private Socket NewPeer(EndPoint address)
    {
        Socket peer = Harness.Own(new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Unspecified));
        peer.ReceiveTimeout = (int)Harness.Patience.TotalMilliseconds;
        try
        {
            peer.Bind(address);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            Expect.Applies(false, $"This machine has no address {address}.");
        }

        return peer;
    }

    private PollSocket NewDatagrams(AddressFamily family)
    {
        try
        {
            return Poller.CreateSocket(family, SocketType.Dgram, ProtocolType.Unspecified);
        }
        catch (NotSupportedException)
        {
            throw new DoesNotApplyException("This poller has no datagrams.");
        }
    }

    private (PollSocket Socket, EndPoint Address) BindDatagrams(EndPoint address)
    {
        Socket socket = NewPeer(address);
        EndPoint local = socket.LocalEndPoint!;
        try
        {
            return (Poller.Attach(socket), local);
        }
        catch (NotSupportedException)
        {
            throw new DoesNotApplyException("This poller has no datagrams.");
        }
    }
}
