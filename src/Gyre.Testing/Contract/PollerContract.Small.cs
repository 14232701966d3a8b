using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

// Small output: a backend may gather it and send it with the next poll. What TrySend took arrives all the same,
// whole, in order, and before the end.
public sealed partial class PollerContract
{
    /// <summary>Pieces that meet a full socket must not overtake each other.</summary>
    [Clause("Small pieces that meet a full socket do not overtake each other.")]
    [Case(1000, 1)]
    [Case(1000, 3)]
    [Case(5000, 2)]
    [Case(8192, 1)]
    [Case(9000, 2)]
    internal void TrySend_SmallPiecesIntoAFullSocket_ArriveInOrder(int size, int piecesOfRound)
    {
        (PollSocket socket, Socket peer) = Harness.Connect(configured => configured.ReceiveBufferSize = 8192);
        socket.Socket.SendBufferSize = 16 * 1024;
        var sender = new PieceSender(socket, Pattern(1_000_000), size, piecesOfRound);
        byte[] received = new byte[1_000_000];
        int count = 0;
        int refused = 0;
        peer.Blocking = false;
        Harness.RunUntil(
            () =>
            {
                // The peer reads a little each time that the socket has been found full, and the rest at the end.
                sender.GoOn();
                if (sender.Refused != refused || sender.Taken == received.Length)
                {
                    refused = sender.Refused;
                    int length = Math.Min(received.Length - count, 50_000);
                    count += Math.Max(peer.Receive(received.AsSpan(count, length), SocketFlags.None, out _), 0);
                }

                return count == received.Length;
            },
            timeoutNanoseconds: 0);
        Expect.Equal(Pattern(received.Length), received);
        Expect.True(sender.Refused > 0, "The data was meant to fill the system's buffers.");
    }

    [Clause("What was taken before an orderly end arrives before the end, however full the system is.")]
    [Case(false)]
    [Case(true)]
    internal void Close_TheSystemIsFull_PeerGetsAllThatWasTaken(bool shutdown)
    {
        (PollSocket socket, Socket peer) = Harness.Connect(configured => configured.ReceiveBufferSize = 8192);
        var sender = new PieceSender(socket, Pattern(20_000_000), size: 3000, piecesOfRound: 1);
        Harness.RunUntil(
            () =>
            {
                sender.GoOn();
                return sender.Refused > 0;
            },
            timeoutNanoseconds: 0);

        if (shutdown)
        {
            Expect.Equal(SocketError.Success, socket.Shutdown(SocketShutdown.Send));
        }
        else
        {
            socket.Close(abort: false);
        }

        byte[] received = new byte[sender.Taken];
        int count = 0;
        peer.Blocking = false;
        Harness.RunUntil(
            () =>
            {
                count += Math.Max(peer.Receive(received.AsSpan(count), SocketFlags.None, out SocketError error), 0);
                Expect.True(error is SocketError.Success or SocketError.WouldBlock);
                return count == received.Length;
            },
            timeoutNanoseconds: 0);
        peer.Blocking = true;
        Harness.Settle();
        Expect.Equal(0, peer.Receive(new byte[1]));
        Expect.Equal(Pattern(20_000_000)[..count], received);
    }

    [Clause("Pieces that are gathered for several sockets reach each its own peer.")]
    internal void TrySend_TwoSocketsInTurns_EachPeerGetsItsOwn()
    {
        (PollSocket one, Socket atOne) = Harness.Connect();
        (PollSocket other, Socket atOther) = Harness.Connect();
        for (byte i = 0; i < 50; i++)
        {
            SendAll(one, [i]);
            SendAll(other, [(byte)(100 + i)]);
        }

        Harness.Settle();
        Expect.Equal(Enumerable.Range(0, 50).Select(i => (byte)i), ReceiveExactly(atOne, 50));
        Expect.Equal(Enumerable.Range(100, 50).Select(i => (byte)i), ReceiveExactly(atOther, 50));
    }

    [Clause("A send comes behind what TrySend took before.")]
    internal void Send_AfterTrySendInTheSameRound_ComesBehindIt()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        SendAll(socket, [1, 2, 3]);
        var sink = new SendRecorder();
        socket.Send(Pattern(2), sink);
        Harness.RunUntil(() => sink.Calls == 1);
        SendAll(socket, [4]);
        Harness.Settle();
        Expect.Equal([1, 2, 3, 0, 1, 4], ReceiveExactly(peer, 6));
    }

    [Clause("A peer that is gone is an error of a later send.")]
    internal void TrySend_PeerIsGone_FailsInTheEnd()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        peer.Close(timeout: 0);
        SocketError error = SocketError.Success;
        Harness.RunUntil(
            () =>
            {
                socket.TrySend([1], out error);
                return error is not (SocketError.Success or SocketError.WouldBlock);
            });
        var sink = new SendRecorder();
        socket.Send(Pattern(1), sink);
        Harness.RunUntil(() => sink.Calls == 1);
        Expect.Equal(error, sink.Error);
    }

    /// <summary>Large pieces and small ones may be received in different ways.</summary>
    [Clause("Large and small pieces in any order arrive whole and in order.")]
    internal void StartReceiving_LargeAndSmallPiecesInTurns_AllArrive()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[] data = Pattern(2_000_000);
        var sink = new ReceiveRecorder();
        socket.StartReceiving(sink);
        var random = new Random(1);
        for (int sent = 0; sent < data.Length;)
        {
            bool isLarge = random.Next(100) == 0 || sent > 500_000;
            int count = Math.Min(data.Length - sent, isLarge ? 200_000 : random.Next(1, 200));
            ReadOnlyMemory<byte> piece = data.AsMemory(sent, count);
            sent += count;
            if (isLarge)
            {
                // In the background: a blocking send waits for the receiver, which is this thread.
                BackgroundWork sending = InBackground(() => peer.Send(piece.Span));
                Harness.RunUntil(() => sink.Count == sent);
                sending.Join();
            }
            else
            {
                peer.Send(piece.Span);
                Harness.RunUntil(() => sink.Count == sent);
            }
        }

        Expect.Equal(data, sink.Bytes);
    }

    [Clause("The bytes of OnReceived stay readable for the whole call, even when it disposes the poller.")]
    internal void Dispose_InTheSink_ItsBytesStayReadable()
    {
        (PollSocket socket, Socket peer) = Harness.Connect();
        byte[]? seen = null;
        var sink = new DisposingSink(Poller, data => seen = data);
        socket.StartReceiving(sink);
        peer.Send([1, 2, 3]);
        Harness.RunUntil(() => seen is not null);
        Expect.Equal([1, 2, 3], seen);
        Expect.True(socket.IsClosed);
    }

    private static void SendAll(PollSocket socket, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            data = data[socket.TrySend(data, out SocketError error)..];
            Expect.Equal(SocketError.Success, error);
        }
    }

    /// <summary>Sends in pieces, as many in one round as it is told, until the system takes no more.</summary>
    private sealed class PieceSender(PollSocket socket, byte[] data, int size, int piecesOfRound)
    {
        public int Taken { get; private set; }

        /// <summary>How often the system took less than it was given.</summary>
        public int Refused { get; private set; }

        public void GoOn()
        {
            for (int i = 0; i < piecesOfRound && Taken < data.Length; i++)
            {
                int length = Math.Min(size, data.Length - Taken);
                int count = socket.TrySend(data.AsSpan(Taken, length), out SocketError error);
                Expect.True(error is SocketError.Success or SocketError.WouldBlock);
                Taken += count;
                if (count < length)
                {
                    Refused++;
                    return;
                }
            }
        }
    }

    private sealed class DisposingSink(Poller poller, Action<byte[]> seen) : IReceiveSink
    {
        public void OnReceived(ReadOnlySpan<byte> data)
        {
            poller.Dispose();
            seen(data.ToArray());
        }

        public void OnEndOfInput() => Expect.Fail("The poller is disposed.");

        public void OnReceiveFailed(SocketError error) => Expect.Fail(error.ToString());
    }
}
