using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Gyre.Polling;

namespace Gyre.Testing;

// Watches of sockets that their owner closes or drops meanwhile.
public sealed partial class PollerContract
{
    [Clause("Nothing is told of a socket that was closed, also when that was before the first poll.")]
    internal void WatchInput_ClosedBeforeThePoll_IsNotTold()
    {
        var sink = new WatchRecorder();
        (Socket watched, _) = Pair();
        Watch(watched).WatchInput(sink);
        watched.Dispose();
        Harness.Settle();

        (Socket waited, _) = Pair();
        PollWatch watch = Watch(waited);
        Expect.Equal(0, watch.TryReceive(waited, new byte[1], out _));
        watch.WaitForInput(sink);
        waited.Dispose();
        Harness.Settle();
        Expect.Equal(0, sink.Calls);
    }

    [Clause("A descriptor that is used again is the new socket's, whoever has watched the old one.")]
    internal void Watch_DescriptorsThatAreUsedAgain_BelongToTheNewSocket()
    {
        var stale = new WatchRecorder(() => Expect.Fail("The socket is closed."));
        for (int i = 0; i < 50; i++)
        {
            (Socket socket, Socket peer) = Pair();
            PollWatch watch = Watch(socket);
            Expect.Null(watch.InputSink);
            var sink = new WatchRecorder();
            if (i % 2 == 0)
            {
                watch.WatchInput(sink);
            }
            else
            {
                Expect.Equal(0, watch.TryReceive(socket, new byte[1], out _));
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

    [Clause("A watch does not keep a socket open that its owner has dropped.")]
    internal void Watch_DroppedSocket_IsClosedByTheCollector()
    {
        WeakReference handle = WaitAndDrop();
        for (int i = 0; i < 100 && handle.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Harness.Settle();
        }

        Expect.False(handle.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference WaitAndDrop()
    {
        using Socket listener = Harness.Listen();
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        peer.Connect(listener.LocalEndPoint!);
        Socket socket = listener.Accept();
        PollWatch watch = Watch(socket);
        var sink = new WatchRecorder();
        Expect.Equal(0, watch.TryReceive(socket, new byte[1], out _));
        watch.WaitForInput(sink);
        peer.Send([1]);
        Harness.RunUntil(() => sink.Calls > 0);
        return new WeakReference(socket.SafeHandle);
    }
}
