using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

// Watches of sockets that stay their owner's: tried, waited for once, and tried again.
public sealed partial class PollerContract
{
    [Clause("A connection that can be accepted is told as input.")]
    internal void WatchInput_Listener_TellsOfConnections()
    {
        Socket listener = Harness.Listen();
        var sink = new WatchRecorder();
        PollWatch watch = Watch(listener);
        Expect.Null(watch.TryAccept(listener, out SocketError error));
        Expect.Equal(SocketError.WouldBlock, error);
        watch.WaitForInput(sink);
        Harness.Settle();
        Expect.Equal(0, sink.Calls);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        Harness.RunUntil(() => sink.Calls > 0);
        using Socket? connection = watch.TryAccept(listener, out error);
        Expect.Equal(client.LocalEndPoint, connection!.RemoteEndPoint);
        Expect.False(connection.Blocking);
    }

    [Clause("Each wait is told once.")]
    internal void WaitForInput_AgainAndAgain_IsToldOnceEach()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Watch(socket);
        byte[] buffer = new byte[100];
        for (byte i = 1; i < 20; i++)
        {
            Expect.Equal(0, watch.TryReceive(socket, buffer, out SocketError error));
            Expect.Equal(SocketError.WouldBlock, error);
            var sink = new WatchRecorder();
            watch.WaitForInput(sink);
            Expect.True(Poller.HasOperations);
            peer.Send([i]);
            Harness.RunUntil(() => sink.Calls > 0);
            Expect.Null(watch.InputSink);
            Expect.False(Poller.HasOperations);
            Harness.Settle();
            Expect.Equal(1, sink.Calls);
            Expect.Equal(1, watch.TryReceive(socket, buffer, out error));
            Expect.Equal(SocketError.Success, error);
            Expect.Equal(i, buffer[0]);
        }
    }

    [Clause("Bytes that come between two waits are not missed.")]
    internal void WaitForInput_BytesCameBetweenTheWaits_AreNotMissed()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Watch(socket);
        byte[] buffer = new byte[100];
        int received = 0;
        for (int i = 0; i < 20; i++)
        {
            peer.Send([1]);
            Harness.Settle();
            peer.Send([2, 3]);
            while (received < 3 * (i + 1))
            {
                int count = watch.TryReceive(socket, buffer, out SocketError error);
                received += count;
                if (error == SocketError.WouldBlock)
                {
                    var sink = new WatchRecorder();
                    watch.WaitForInput(sink);
                    Harness.RunUntil(() => sink.Calls > 0);
                }
            }
        }

        Expect.Equal(60, received);
    }

    [Clause("An end of the input that came together with the last bytes is told.")]
    internal void WaitForInput_TheEndCameWithTheBytes_IsTold()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Watch(socket);
        var sink = new WatchRecorder();
        Expect.Equal(0, watch.TryReceive(socket, new byte[1], out _));
        watch.WaitForInput(sink);
        peer.Send([1, 2, 3]);
        peer.Shutdown(SocketShutdown.Send);
        Expect.True(SpinWait.SpinUntil(() => socket.Poll(0, SelectMode.SelectRead), Harness.Patience));
        Harness.RunUntil(() => sink.Calls > 0);
        byte[] buffer = new byte[100];
        int received = 0;
        bool ended = false;
        Harness.RunUntil(() =>
        {
            int count = watch.TryReceive(socket, buffer, out SocketError error);
            received += count;
            ended |= count == 0 && error == SocketError.Success;
            if (error == SocketError.WouldBlock && watch.InputSink is null)
            {
                watch.WaitForInput(sink);
            }

            return ended;
        });
        Expect.Equal(3, received);
    }

    [Clause("A wait that is stopped takes no byte.")]
    internal void WaitForInput_Stopped_TheBytesStayInTheSystem()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Watch(socket);
        Expect.Equal(0, watch.TryReceive(socket, new byte[1], out _));
        var sink = new WatchRecorder();
        watch.WaitForInput(sink);
        Harness.Settle();
        peer.Send([7]);
        Expect.True(watch.StopInput());
        Expect.False(Poller.HasOperations);
        Harness.Settle();
        Expect.Equal(0, sink.Calls);
        byte[] buffer = new byte[10];
        Expect.Equal(1, socket.Receive(buffer));
        Expect.Equal(7, buffer[0]);
    }

    [Clause("A wait for output is told when there is room.")]
    internal void WaitForOutput_Full_IsToldWhenThereIsRoom()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Watch(socket);
        byte[] data = new byte[100_000];
        for (int i = 0; i < 5; i++)
        {
            // What the system has yet to move to the peer may make room in a full socket, though nobody reads. Then
            // that is told, and the next send must find it.
            WatchRecorder sink;
            do
            {
                long sent = 0;
                SocketError error;
                do
                {
                    sent += watch.TrySend(socket, data, out error);
                }
                while (error == SocketError.Success);
                Expect.Equal(SocketError.WouldBlock, error);
                Expect.True(sent > 0, "Room was told of, and there was none.");
                sink = new WatchRecorder();
                watch.WaitForOutput(sink);
                Harness.Settle();
            }
            while (sink.Calls > 0);
            Harness.RunUntil(() =>
            {
                Drain(peer);
                return sink.Calls > 0;
            });
            Expect.Null(watch.OutputSink);
        }
    }

    [Clause("One direction may be told once, and the other in each poll.")]
    internal void Watch_OnceAndAlways_OnOneSocket()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Watch(socket);
        var once = new WatchRecorder();
        var writer = new WatchRecorder();
        byte[] buffer = new byte[10];
        for (byte i = 1; i < 4; i++)
        {
            Expect.Equal(0, watch.TryReceive(socket, buffer, out _));
            watch.WaitForInput(once);
            watch.WatchOutput(writer);
            Harness.RunUntil(() => writer.Calls > 2 * i);
            Expect.Equal(i - 1, once.Calls);
            peer.Send([i]);
            Harness.RunUntil(() => once.Calls == i);
            Expect.Equal(1, watch.TryReceive(socket, buffer, out _));
            Expect.True(watch.StopOutput());
            int before = writer.Calls;
            Harness.Settle();
            Expect.Equal(before, writer.Calls);
        }
    }

    [Clause("A connection that stands, or has failed, is told as output.")]
    internal void TryConnect_WaitForOutput_TellsTheOutcome()
    {
        Socket listener = Harness.Listen();
        Socket socket = Harness.Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        EndPoint address = listener.LocalEndPoint!;
        Expect.Equal(SocketError.Success, Connect(socket, address));
        Expect.True(socket.Connected);
        Expect.Equal(address, socket.RemoteEndPoint);

        listener.Dispose();
        Socket refused = Harness.Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        Expect.Equal(SocketError.ConnectionRefused, Connect(refused, address));
    }

    [Clause("Datagrams are told as input.")]
    internal void Watch_Datagrams_ComeWithTheirSender()
    {
        Socket socket = Harness.Own(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        Socket other = Harness.Own(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        PollWatch watch = Watch(socket);
        byte[] buffer = new byte[100];
        for (byte i = 1; i < 5; i++)
        {
            Expect.Equal(0, watch.TryReceiveFrom(socket, buffer, out _, out SocketError error));
            Expect.Equal(SocketError.WouldBlock, error);
            var sink = new WatchRecorder();
            watch.WaitForInput(sink);
            other.SendTo([i, i], socket.LocalEndPoint!);
            Harness.RunUntil(() => sink.Calls > 0);
            Expect.Equal(2, watch.TryReceiveFrom(socket, buffer, out EndPoint? from, out error));
            Expect.Equal(SocketError.Success, error);
            Expect.Equal(other.LocalEndPoint, from);
            Expect.Equal(i, buffer[0]);
            Expect.Equal(3, watch.TrySendTo(socket, [1, 2, 3], from!, out error));
            Expect.Equal(3, other.Receive(buffer));
        }
    }

    private SocketError Connect(Socket socket, EndPoint remote)
    {
        PollWatch watch = Watch(socket);
        SocketError error = watch.TryConnect(socket, remote);
        while (error == SocketError.InProgress)
        {
            var sink = new WatchRecorder();
            watch.WaitForOutput(sink);
            Harness.RunUntil(() => sink.Calls > 0);
            error = watch.FinishConnect(socket, remote);
        }

        return error;
    }
}
