using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Gyre.Polling.Tests;

public abstract partial class PollerContract
{
    /// <summary>CPython: BaseSelectorEventLoopTests.test_process_events_read.</summary>
    [Fact]
    public void WatchInput_UntilItIsRead_IsToldInEachPoll()
    {
        (Socket socket, Socket peer) = Pair();
        var sink = new WatchRecorder();
        PollWatch watch = Poller.Watch(socket);
        watch.WatchInput(sink);
        Assert.True(Poller.HasOperations);
        Harness.Settle();
        Assert.Equal(0, sink.Calls);
        peer.Send([1, 2]);
        Harness.RunUntil(() => sink.Calls >= 3);
        Assert.Equal(2, socket.Receive(new byte[10]));
        Harness.Settle();
        int before = sink.Calls;
        Harness.Settle();
        Assert.Equal(before, sink.Calls);
        peer.Send([3]);
        Harness.RunUntil(() => sink.Calls > before);
        Assert.True(watch.StopInput());
        Assert.False(watch.StopInput());
        before = sink.Calls;
        Harness.Settle();
        Assert.Equal(before, sink.Calls);
        Assert.False(Poller.HasOperations);
        Assert.Equal(1, socket.Receive(new byte[10]));
    }

    /// <summary>CPython: BaseSelectorEventLoopTests.test_process_events_write.</summary>
    [Fact]
    public void WatchOutput_RoomThere_IsToldInEachPoll()
    {
        (Socket socket, Socket peer) = Pair();
        var sink = new WatchRecorder();
        PollWatch watch = Poller.Watch(socket);
        watch.WatchOutput(sink);
        Harness.RunUntil(() => sink.Calls >= 3);
        Fill(socket);
        Harness.Settle();
        int before = sink.Calls;
        Harness.Settle();
        Assert.Equal(before, sink.Calls);
        Drain(peer);
        Harness.RunUntil(() =>
        {
            Drain(peer);
            return sink.Calls > before;
        });
        Assert.True(watch.StopOutput());
        before = sink.Calls;
        Harness.Settle();
        Assert.Equal(before, sink.Calls);
    }

    [Fact]
    public void Watch_BothDirectionsReady_TheInputComesFirst()
    {
        (Socket socket, Socket peer) = Pair();
        Fill(socket);
        var order = new List<string>();
        PollWatch watch = Poller.Watch(socket);
        watch.WatchOutput(new WatchRecorder(() => order.Add("output")));
        watch.WatchInput(new WatchRecorder(() => order.Add("input")));
        Harness.Settle();
        Assert.Empty(order);
        peer.Dispose();
        Harness.RunUntil(() => order.Count >= 4);
        Assert.Equal(["input", "output", "input", "output"], order[..4]);
    }

    [Fact]
    public void WatchInput_Again_TheNewSinkTakesThePlaceOfTheOld()
    {
        (Socket socket, Socket peer) = Pair();
        var first = new WatchRecorder();
        var second = new WatchRecorder();
        var writer = new WatchRecorder();
        PollWatch watch = Poller.Watch(socket);
        watch.WatchInput(first);
        watch.WatchOutput(writer);
        Assert.Same(watch, Poller.Watch(socket));
        peer.Send([1]);
        Harness.RunUntil(() => first.Calls > 0);

        // It was about to be called again.
        int before = first.Calls;
        WaitUntilQueued();
        watch.WatchInput(second);
        Harness.ExecuteReady();
        Assert.Equal(before, first.Calls);
        Assert.Equal(0, second.Calls);
        Harness.RunUntil(() => second.Calls > 0);
        Assert.Equal(before, first.Calls);
        Assert.True(writer.Calls > 0);
        Assert.Same(second, watch.InputSink);
        Assert.Same(writer, watch.OutputSink);
    }

    [Fact]
    public void StopInput_WhenItWasAboutToBeTold_IsNotTold()
    {
        (Socket socket, Socket peer) = Pair();
        var sink = new WatchRecorder();
        PollWatch watch = Poller.Watch(socket);
        watch.WatchInput(sink);
        peer.Send([1]);
        WaitUntilQueued();
        Assert.True(watch.StopInput());
        Harness.ExecuteReady();
        Harness.Settle();
        Assert.Equal(0, sink.Calls);
    }

    [Fact]
    public void StopInput_InsideTheCallback_EndsIt()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Poller.Watch(socket);
        var sink = new WatchRecorder(() => Assert.True(watch.StopInput()));
        watch.WatchInput(sink);
        peer.Send([1]);
        Harness.RunUntil(() => sink.Calls > 0);
        Harness.Settle();
        Assert.Equal(1, sink.Calls);
        Assert.Null(watch.InputSink);
    }

    [Fact]
    public void Watch_EndOfInput_IsReady()
    {
        (Socket socket, Socket peer) = Pair();
        var sink = new WatchRecorder();
        Poller.Watch(socket).WatchInput(sink);
        peer.Shutdown(SocketShutdown.Send);
        Harness.RunUntil(() => sink.Calls >= 2);
        Assert.Equal(0, socket.Receive(new byte[1]));
    }

    [Fact]
    public void WatchInput_Listener_TellsOfConnections()
    {
        Socket listener = Harness.Listen();
        var sink = new WatchRecorder();
        PollWatch watch = Poller.Watch(listener);
        Assert.Null(watch.TryAccept(listener, out SocketError error));
        Assert.Equal(SocketError.WouldBlock, error);
        watch.WaitForInput(sink);
        Harness.Settle();
        Assert.Equal(0, sink.Calls);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        Harness.RunUntil(() => sink.Calls > 0);
        using Socket? connection = watch.TryAccept(listener, out error);
        Assert.Equal(client.LocalEndPoint, connection!.RemoteEndPoint);
        Assert.False(connection.Blocking);
    }

    [Fact]
    public void WaitForInput_AgainAndAgain_IsToldOnceEach()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Poller.Watch(socket);
        byte[] buffer = new byte[100];
        for (byte i = 1; i < 20; i++)
        {
            Assert.Equal(0, watch.TryReceive(socket, buffer, out SocketError error));
            Assert.Equal(SocketError.WouldBlock, error);
            var sink = new WatchRecorder();
            watch.WaitForInput(sink);
            Assert.True(Poller.HasOperations);
            peer.Send([i]);
            Harness.RunUntil(() => sink.Calls > 0);
            Assert.Null(watch.InputSink);
            Assert.False(Poller.HasOperations);
            Harness.Settle();
            Assert.Equal(1, sink.Calls);
            Assert.Equal(1, watch.TryReceive(socket, buffer, out error));
            Assert.Equal(SocketError.Success, error);
            Assert.Equal(i, buffer[0]);
        }
    }

    [Fact]
    public void WaitForInput_BytesCameBetweenTheWaits_AreNotMissed()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Poller.Watch(socket);
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

        Assert.Equal(60, received);
    }

    /// <summary>A short receive says that the socket is empty, but not when the end came with the bytes.</summary>
    [Fact]
    public void WaitForInput_TheEndCameWithTheBytes_IsTold()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Poller.Watch(socket);
        var sink = new WatchRecorder();
        Assert.Equal(0, watch.TryReceive(socket, new byte[1], out _));
        watch.WaitForInput(sink);
        peer.Send([1, 2, 3]);
        peer.Shutdown(SocketShutdown.Send);
        Assert.True(SpinWait.SpinUntil(() => socket.Poll(0, SelectMode.SelectRead), s_longWait));
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
        Assert.Equal(3, received);
    }

    [Fact]
    public void WaitForInput_Stopped_TheBytesStayInTheSystem()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Poller.Watch(socket);
        Assert.Equal(0, watch.TryReceive(socket, new byte[1], out _));
        var sink = new WatchRecorder();
        watch.WaitForInput(sink);
        Harness.Settle();
        peer.Send([7]);
        Assert.True(watch.StopInput());
        Assert.False(Poller.HasOperations);
        Harness.Settle();
        Assert.Equal(0, sink.Calls);
        byte[] buffer = new byte[10];
        Assert.Equal(1, socket.Receive(buffer));
        Assert.Equal(7, buffer[0]);
    }

    [Fact]
    public void WaitForOutput_Full_IsToldWhenThereIsRoom()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Poller.Watch(socket);
        byte[] data = new byte[100_000];
        for (int i = 0; i < 5; i++)
        {
            SocketError error;
            do
            {
                watch.TrySend(socket, data, out error);
            }
            while (error == SocketError.Success);
            Assert.Equal(SocketError.WouldBlock, error);
            var sink = new WatchRecorder();
            watch.WaitForOutput(sink);
            Harness.Settle();
            Assert.Equal(0, sink.Calls);
            Harness.RunUntil(() =>
            {
                Drain(peer);
                return sink.Calls > 0;
            });
            Assert.Null(watch.OutputSink);
        }
    }

    [Fact]
    public void Watch_OnceAndAlways_OnOneSocket()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Poller.Watch(socket);
        var once = new WatchRecorder();
        var writer = new WatchRecorder();
        byte[] buffer = new byte[10];
        for (byte i = 1; i < 4; i++)
        {
            Assert.Equal(0, watch.TryReceive(socket, buffer, out _));
            watch.WaitForInput(once);
            watch.WatchOutput(writer);
            Harness.RunUntil(() => writer.Calls > 2 * i);
            Assert.Equal(i - 1, once.Calls);
            peer.Send([i]);
            Harness.RunUntil(() => once.Calls == i);
            Assert.Equal(1, watch.TryReceive(socket, buffer, out _));
            Assert.True(watch.StopOutput());
            int before = writer.Calls;
            Harness.Settle();
            Assert.Equal(before, writer.Calls);
        }
    }

    [Fact]
    public void TryConnect_WaitForOutput_TellsTheOutcome()
    {
        Socket listener = Harness.Listen();
        Socket socket = Harness.Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        EndPoint address = listener.LocalEndPoint!;
        Assert.Equal(SocketError.Success, Connect(socket, address));
        Assert.True(socket.Connected);
        Assert.Equal(address, socket.RemoteEndPoint);

        listener.Dispose();
        Socket refused = Harness.Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        Assert.Equal(SocketError.ConnectionRefused, Connect(refused, address));
    }

    [Fact]
    public void Watch_Datagrams_ComeWithTheirSender()
    {
        Socket socket = Harness.Own(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        Socket other = Harness.Own(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        PollWatch watch = Poller.Watch(socket);
        byte[] buffer = new byte[100];
        for (byte i = 1; i < 5; i++)
        {
            Assert.Equal(0, watch.TryReceiveFrom(socket, buffer, out _, out SocketError error));
            Assert.Equal(SocketError.WouldBlock, error);
            var sink = new WatchRecorder();
            watch.WaitForInput(sink);
            other.SendTo([i, i], socket.LocalEndPoint!);
            Harness.RunUntil(() => sink.Calls > 0);
            Assert.Equal(2, watch.TryReceiveFrom(socket, buffer, out EndPoint? from, out error));
            Assert.Equal(SocketError.Success, error);
            Assert.Equal(other.LocalEndPoint, from);
            Assert.Equal(i, buffer[0]);
            Assert.Equal(3, watch.TrySendTo(socket, [1, 2, 3], from!, out error));
            Assert.Equal(3, other.Receive(buffer));
        }
    }

    [Fact]
    public void Watch_ClosedSocket_Throws()
    {
        (Socket socket, _) = Pair();
        PollWatch watch = Poller.Watch(socket);
        socket.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Poller.Watch(socket));
        Assert.Throws<ObjectDisposedException>(() => watch.TryReceive(socket, new byte[1], out _));
        Assert.Throws<ObjectDisposedException>(() => watch.TrySend(socket, [1], out _));
        Assert.Null(Poller.FindWatch(socket)?.InputSink);
    }

    [Fact]
    public void Watch_AttachedSocket_Throws()
    {
        (PollSocket attached, _) = Harness.Connect();
        Socket socket = attached.Socket;
        Assert.Throws<InvalidOperationException>(() => Poller.Watch(socket));
        Assert.Throws<InvalidOperationException>(() => Poller.FindWatch(socket));
        attached.Close(abort: false);
        Assert.Throws<ObjectDisposedException>(() => Poller.Watch(socket));
    }

    [Fact]
    public void Attach_WatchedSocket_ThrowsWhileSomebodyWaits()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Poller.Watch(socket);
        watch.WatchInput(new WatchRecorder());
        Assert.Throws<InvalidOperationException>(() => Poller.Attach(socket));
        Assert.True(watch.StopInput());

        // A wait leaves a registration behind.
        Assert.Equal(0, watch.TryReceive(socket, new byte[1], out _));
        watch.WaitForInput(new WatchRecorder());
        Assert.True(watch.StopInput());
        PollSocket attached = Poller.Attach(socket);
        var sink = new ReceiveRecorder();
        attached.StartReceiving(sink);
        peer.Send([1, 2, 3]);
        Harness.RunUntil(() => sink.Count == 3);
    }

    /// <summary>The system gives the lowest free number, so the next socket has that of the one that was
    /// closed.</summary>
    [Fact]
    public void Watch_DescriptorsThatAreUsedAgain_BelongToTheNewSocket()
    {
        var stale = new WatchRecorder(() => Assert.Fail("The socket is closed."));
        for (int i = 0; i < 50; i++)
        {
            (Socket socket, Socket peer) = Pair();
            PollWatch watch = Poller.Watch(socket);
            Assert.Null(watch.InputSink);
            var sink = new WatchRecorder();
            if (i % 2 == 0)
            {
                watch.WatchInput(sink);
            }
            else
            {
                Assert.Equal(0, watch.TryReceive(socket, new byte[1], out _));
                watch.WaitForInput(sink);
            }

            Harness.Turn();
            peer.Send([1]);
            Harness.RunUntil(() => sink.Calls > 0);
            if (i % 3 == 0)
            {
                // Nobody should, but what comes after must not suffer.
                watch.WatchInput(stale);
            }
            else
            {
                watch.StopInput();
            }

            socket.Dispose();
            peer.Dispose();
        }
    }

    [Fact]
    public void Watch_DroppedSocket_IsClosedByTheCollector()
    {
        WeakReference handle = WaitAndDrop();
        for (int i = 0; i < 10 && handle.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Harness.Settle();
        }

        Assert.False(handle.IsAlive);
    }

    [Fact]
    public void Watch_PipeOnLinux_OrAClearError()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var reader = new AnonymousPipeClientStream(PipeDirection.In, pipe.ClientSafePipeHandle);
        if (Backend == PollerBackend.Portable)
        {
            Assert.Throws<NotSupportedException>(() => Poller.Watch(reader.SafePipeHandle));
            return;
        }

        var input = new WatchRecorder();
        var output = new WatchRecorder();
        PollWatch watch = Poller.Watch(reader.SafePipeHandle);
        watch.WatchInput(input);
        Poller.Watch(pipe.SafePipeHandle).WatchOutput(output);
        Harness.RunUntil(() => output.Calls >= 2);
        Assert.Equal(0, input.Calls);
        pipe.Write([1]);
        Harness.RunUntil(() => input.Calls >= 2);
        Assert.True(watch.StopInput());
    }

    [Fact]
    public void Watch_RegularFile_IsAClearError()
    {
        using var folder = new TemporaryFolder();
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(
            folder.Combine("f"), FileMode.Create, FileAccess.ReadWrite);
        Exception error = Assert.ThrowsAny<Exception>(() => Poller.Watch(file));
        Assert.True(
            Backend == PollerBackend.Portable ? error is NotSupportedException : error is InvalidOperationException,
            error.ToString());
        file.Dispose();
        if (Backend != PollerBackend.Portable)
        {
            Assert.Throws<ObjectDisposedException>(() => Poller.Watch(file));
            Assert.Null(Poller.FindWatch(file));
        }
    }

    [Fact]
    public async Task Wake_WhileSocketsAreWatched_EndsTheWait()
    {
        (Socket socket, _) = Pair();
        Poller.Watch(socket).WatchInput(new WatchRecorder());
        for (int i = 0; i < 3; i++)
        {
            Task waking = Task.Run(Poller.Wake);
            Assert.True(Measure(() => Harness.Turn(LongWait)) < s_longWait);
            await waking;
        }
    }

    /// <summary>A connection of two sockets of the BCL. None blocks.</summary>
    private (Socket Socket, Socket Peer) Pair()
    {
        using Socket listener = Harness.Listen();
        Socket peer = Harness.Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        peer.Connect(listener.LocalEndPoint!);
        Socket socket = Harness.Own(listener.Accept());
        socket.Blocking = false;
        peer.Blocking = false;
        peer.NoDelay = true;
        return (socket, peer);
    }

    private static void Fill(Socket socket)
    {
        byte[] data = new byte[100_000];
        SocketError error;
        do
        {
            socket.Send(data, SocketFlags.None, out error);
        }
        while (error == SocketError.Success);
        Assert.Equal(SocketError.WouldBlock, error);
    }

    private static void Drain(Socket socket)
    {
        byte[] buffer = new byte[200_000];
        SocketError error;
        do
        {
            socket.Receive(buffer, SocketFlags.None, out error);
        }
        while (error == SocketError.Success);
    }

    /// <summary>Polls until something became ready, and leaves it there.</summary>
    private void WaitUntilQueued()
    {
        for (int i = 0; i < 1000; i++)
        {
            if (Harness.PollOnly(10_000_000) > 0)
            {
                return;
            }
        }

        Assert.Fail("Nothing became ready.");
    }

    private SocketError Connect(Socket socket, EndPoint remote)
    {
        PollWatch watch = Poller.Watch(socket);
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference WaitAndDrop()
    {
        using Socket listener = Harness.Listen();
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        peer.Connect(listener.LocalEndPoint!);
        Socket socket = listener.Accept();
        PollWatch watch = Poller.Watch(socket);
        var sink = new WatchRecorder();
        Assert.Equal(0, watch.TryReceive(socket, new byte[1], out _));
        watch.WaitForInput(sink);
        peer.Send([1]);
        Harness.RunUntil(() => sink.Calls > 0);
        return new WeakReference(socket.SafeHandle);
    }
}
