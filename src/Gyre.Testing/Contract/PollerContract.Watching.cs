using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gyre.Polling;

namespace Gyre.Testing;

// Watches of descriptors that stay their owner's: told in each poll.
public sealed partial class PollerContract
{
    /// <remarks>CPython: BaseSelectorEventLoopTests.test_process_events_read.</remarks>
    [Clause("Input is told in each poll until it is read, or the sink is taken away.")]
    internal void WatchInput_UntilItIsRead_IsToldInEachPoll()
    {
        (Socket socket, Socket peer) = Pair();
        var sink = new WatchRecorder();
        PollWatch watch = Watch(socket);
        watch.WatchInput(sink);
        Expect.True(Poller.HasOperations);
        Harness.Settle();
        Expect.Equal(0, sink.Calls);
        peer.Send([1, 2]);
        Harness.RunUntil(() => sink.Calls >= 3);
        Expect.Equal(2, socket.Receive(new byte[10]));
        Harness.Settle();
        int before = sink.Calls;
        Harness.Settle();
        Expect.Equal(before, sink.Calls);
        peer.Send([3]);
        Harness.RunUntil(() => sink.Calls > before);
        Expect.True(watch.StopInput());
        Expect.False(watch.StopInput());
        before = sink.Calls;
        Harness.Settle();
        Expect.Equal(before, sink.Calls);
        Expect.False(Poller.HasOperations);
        Expect.Equal(1, socket.Receive(new byte[10]));
    }

    /// <remarks>CPython: BaseSelectorEventLoopTests.test_process_events_write.</remarks>
    [Clause("Room for output is told in each poll while it is there.")]
    internal void WatchOutput_RoomThere_IsToldInEachPoll()
    {
        (Socket socket, Socket peer) = Pair();
        var sink = new WatchRecorder();
        PollWatch watch = Watch(socket);
        watch.WatchOutput(sink);
        Harness.RunUntil(() => sink.Calls >= 3);
        FillWatched(socket, () => sink.Calls);
        int before = sink.Calls;
        Drain(peer);
        Harness.RunUntil(() =>
        {
            Drain(peer);
            return sink.Calls > before;
        });
        Expect.True(watch.StopOutput());
        before = sink.Calls;
        Harness.Settle();
        Expect.Equal(before, sink.Calls);
    }

    [Clause("A poll that watches a socket waits no less than its timeout when nothing is ready.")]
    [Case(100_000L)]
    [Case(1_900_000L)]
    internal void WatchInput_NothingReady_ThePollWaitsNoLessThanTheTimeout(long nanoseconds)
    {
        (Socket socket, _) = Pair();
        Watch(socket).WatchInput(new WatchRecorder());
        Harness.Settle();
        ExpectWaits(nanoseconds);
    }

    [Clause("When both directions are ready, the input is told first.")]
    internal void Watch_BothDirectionsReady_TheInputComesFirst()
    {
        (Socket socket, Socket peer) = Pair();
        var order = new List<string>();
        PollWatch watch = Watch(socket);
        watch.WatchOutput(new WatchRecorder(() => order.Add("output")));
        watch.WatchInput(new WatchRecorder(() => order.Add("input")));
        FillWatched(socket, () => order.Count);
        Expect.False(order.Contains("input"));
        order.Clear();
        peer.Dispose();
        Harness.RunUntil(() => order.Count >= 4);
        Expect.Equal(["input", "output", "input", "output"], order[..4]);
    }

    [Clause("A new sink takes the place of the old one, which is not told, even if it was about to be.")]
    internal void WatchInput_Again_TheNewSinkTakesThePlaceOfTheOld()
    {
        (Socket socket, Socket peer) = Pair();
        var first = new WatchRecorder();
        var second = new WatchRecorder();
        var writer = new WatchRecorder();
        PollWatch watch = Watch(socket);
        watch.WatchInput(first);
        watch.WatchOutput(writer);
        Expect.Same(watch, Watch(socket));
        peer.Send([1]);
        Harness.RunUntil(() => first.Calls > 0);

        // It was about to be called again.
        int before = first.Calls;
        Harness.PollUntilReady();
        watch.WatchInput(second);
        Harness.ExecuteReady();
        Expect.Equal(before, first.Calls);
        Expect.Equal(0, second.Calls);
        Harness.RunUntil(() => second.Calls > 0);
        Expect.Equal(before, first.Calls);
        Expect.True(writer.Calls > 0);
        Expect.Same(second, watch.InputSink);
        Expect.Same(writer, watch.OutputSink);
    }

    [Clause("A sink that was taken away is not told, even if it was about to be.")]
    internal void StopInput_WhenItWasAboutToBeTold_IsNotTold()
    {
        (Socket socket, Socket peer) = Pair();
        var sink = new WatchRecorder();
        PollWatch watch = Watch(socket);
        watch.WatchInput(sink);
        peer.Send([1]);
        Harness.PollUntilReady();
        Expect.True(watch.StopInput());
        Harness.ExecuteReady();
        Harness.Settle();
        Expect.Equal(0, sink.Calls);
    }

    [Clause("A sink may be taken away inside its own call.")]
    internal void StopInput_InsideTheCallback_EndsIt()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Watch(socket);
        var sink = new WatchRecorder(() => Expect.True(watch.StopInput()));
        watch.WatchInput(sink);
        peer.Send([1]);
        Harness.RunUntil(() => sink.Calls > 0);
        Harness.Settle();
        Expect.Equal(1, sink.Calls);
        Expect.Null(watch.InputSink);
    }

    [Clause("The end of the input is told as input.")]
    internal void Watch_EndOfInput_IsReady()
    {
        (Socket socket, Socket peer) = Pair();
        var sink = new WatchRecorder();
        Watch(socket).WatchInput(sink);
        peer.Shutdown(SocketShutdown.Send);
        Harness.RunUntil(() => sink.Calls >= 2);
        Expect.Equal(0, socket.Receive(new byte[1]));
    }

    [Clause("A closed socket is an error.")]
    internal void Watch_ClosedSocket_Throws()
    {
        (Socket socket, _) = Pair();
        PollWatch watch = Watch(socket);
        socket.Dispose();
        Expect.Throws<ObjectDisposedException>(() => Watch(socket));
        Expect.Throws<ObjectDisposedException>(() => watch.TryReceive(socket, new byte[1], out _));
        Expect.Throws<ObjectDisposedException>(() => watch.TrySend(socket, [1], out _));
        Expect.Null(Poller.FindWatch(socket)?.InputSink);
    }

    [Clause("A socket that is attached cannot be watched.")]
    internal void Watch_AttachedSocket_Throws()
    {
        (PollSocket attached, _) = Harness.Connect();
        Socket socket = attached.Socket;
        Expect.Throws<InvalidOperationException>(() => Watch(socket));
        Expect.Throws<InvalidOperationException>(() => Poller.FindWatch(socket));
        attached.Close(abort: false);
        Expect.Throws<ObjectDisposedException>(() => Watch(socket));
    }

    [Clause("A watched socket can be attached when nobody waits for it any more.")]
    internal void Attach_WatchedSocket_ThrowsWhileSomebodyWaits()
    {
        (Socket socket, Socket peer) = Pair();
        PollWatch watch = Watch(socket);
        watch.WatchInput(new WatchRecorder());
        Expect.Throws<InvalidOperationException>(() => Poller.Attach(socket));
        Expect.True(watch.StopInput());

        // A wait leaves a registration behind.
        Expect.Equal(0, watch.TryReceive(socket, new byte[1], out _));
        watch.WaitForInput(new WatchRecorder());
        Expect.True(watch.StopInput());
        PollSocket attached = Poller.Attach(socket);
        var sink = new ReceiveRecorder();
        attached.StartReceiving(sink);
        peer.Send([1, 2, 3]);
        Harness.RunUntil(() => sink.Count == 3);
    }

    [Clause("Pipes can be watched where the poller watches descriptors.")]
    internal void Watch_Pipe_IsToldInBothDirections()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var reader = new AnonymousPipeClientStream(PipeDirection.In, pipe.ClientSafePipeHandle);
        var input = new WatchRecorder();
        var output = new WatchRecorder();
        PollWatch watch = Watch(reader.SafePipeHandle);
        watch.WatchInput(input);
        Watch(pipe.SafePipeHandle).WatchOutput(output);
        Harness.RunUntil(() => output.Calls >= 2);
        Expect.Equal(0, input.Calls);
        pipe.Write([1]);
        Harness.RunUntil(() => input.Calls >= 2);
        Expect.True(watch.StopInput());
    }

    [Clause("A regular file cannot be watched.")]
    internal void Watch_RegularFile_IsAClearError()
    {
        using var folder = new TemporaryFolder();
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(
            folder.Combine("f"), FileMode.Create, FileAccess.ReadWrite);
        try
        {
            Poller.Watch(file);
            Expect.Fail("A regular file was taken for something that one can wait for.");
        }
        catch (NotSupportedException e)
        {
            Expect.Applies(false, e.Message);
        }
        catch (InvalidOperationException)
        {
            // As it should be.
        }

        file.Dispose();
        Expect.Throws<ObjectDisposedException>(() => Watch(file));
        Expect.Null(Poller.FindWatch(file));
    }

    [Clause("A wake ends a wait for sockets that are watched.")]
    internal void Wake_WhileSocketsAreWatched_EndsTheWait()
    {
        (Socket socket, _) = Pair();
        Watch(socket).WatchInput(new WatchRecorder());
        for (int i = 0; i < 3; i++)
        {
            BackgroundWork waking = InBackground(Poller.Wake);
            Expect.True(Measure(() => Harness.Turn(LongWait)) < NearlyLongWait);
            waking.Join();
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

    /// <summary>The watch of a socket. A poller need not have any.</summary>
    private PollWatch Watch(Socket socket)
    {
        try
        {
            return Poller.Watch(socket);
        }
        catch (NotSupportedException e)
        {
            Expect.Applies(false, e.Message);
            throw;
        }
    }

    /// <summary>The watch of a descriptor. A poller need not have any.</summary>
    private PollWatch Watch(SafeHandle descriptor)
    {
        try
        {
            return Poller.Watch(descriptor);
        }
        catch (NotSupportedException e)
        {
            Expect.Applies(false, e.Message);
            throw;
        }
    }

    /// <summary>Fills a socket whose output each poll tells of, until nothing is told any more.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="told">How often something was told.</param>
    private void FillWatched(Socket socket, Func<int> told)
    {
        // What the system has yet to move to the peer may make room in a full socket, though nobody reads. Then it is
        // right to tell, and the next send must find it.
        Fill(socket);
        int before;
        do
        {
            // What was noticed before the last send.
            Harness.Settle();
            before = told();
            Harness.Settle();
        }
        while (told() > before && Fill(socket) > 0);
        Expect.Equal(before, told());
    }

    /// <returns>How many bytes there was room for.</returns>
    private static long Fill(Socket socket)
    {
        byte[] data = new byte[100_000];
        long sent = 0;
        SocketError error;
        do
        {
            sent += socket.Send(data, SocketFlags.None, out error);
        }
        while (error == SocketError.Success);
        Expect.Equal(SocketError.WouldBlock, error);
        return sent;
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
}
