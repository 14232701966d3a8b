using System.Net.Sockets;
using Gyre.Polling;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Testing;

// Files that a socket sends.
public sealed partial class PollerContract
{
    [Clause("A piece of a file goes out whole, behind what was sent before and before what comes after.")]
    [Case(1)]
    [Case(100_000)]
    [Case(3_000_000)]
    internal void SendFile_PieceBetweenOtherBytes_PeerGetsAllInOrder(int length)
    {
        (PollSocket socket, Socket peer) = ConnectForFiles();
        byte[] data = Pattern(length);
        using var folder = new TemporaryFolder();
        using SafeFileHandle file = NewFile(folder, data);
        byte[] received = [];
        BackgroundWork reader = InBackground(() => received = ReceiveExactly(peer, length + 2));
        Expect.Equal(1, socket.TrySend([1], out _));
        var sender = new FileSender(socket, file, length);
        Harness.RunUntil(() => sender.IsDone);
        Expect.Equal(SocketError.Success, sender.Error);
        Expect.Equal(1, socket.TrySend([2], out _));
        Harness.Settle();
        reader.Join();
        Expect.Equal<byte[]>([1, .. data, 2], received);
        Expect.False(Poller.HasOperations);
    }

    [Clause("At the end of the file a send of it ends with no bytes and no error.")]
    internal void SendFile_BehindTheEnd_EndsWithNothing()
    {
        (PollSocket socket, _) = ConnectForFiles();
        using var folder = new TemporaryFolder();
        using SafeFileHandle file = NewFile(folder, Pattern(10));
        var sender = new FileSender(socket, file, 100);
        Harness.RunUntil(() => sender.IsDone);
        Expect.Equal(10L, sender.Sent);
        Expect.Equal(SocketError.Success, sender.Error);
    }

    [Clause("A file is sent behind small pieces that a full socket has not taken yet.")]
    internal void SendFile_SocketIsFull_GoesOnInOrder()
    {
        (PollSocket socket, Socket peer) = ConnectForFiles(smallBuffers: true);
        using var folder = new TemporaryFolder();
        using SafeFileHandle file = NewFile(folder, Pattern(200_000));
        byte[] piece = Pattern(1000);
        int pieces = 0;
        Harness.RunUntil(
            () =>
            {
                int count = socket.TrySend(piece, out _);
                if (count is 0)
                {
                    return true;
                }

                // Only whole pieces count; what is short is the last.
                Expect.Equal(piece.Length, count);
                pieces++;
                return false;
            },
            timeoutNanoseconds: 0);
        var sender = new FileSender(socket, file, 200_000);
        Harness.Settle();
        byte[] received = [];
        BackgroundWork reader = InBackground(() => received = ReceiveExactly(peer, (pieces * 1000) + 200_000));
        Harness.RunUntil(() => sender.IsDone);
        Harness.Settle();
        reader.Join();
        Expect.Equal(Pattern(200_000), received[(pieces * 1000)..]);
    }

    [Clause("A socket that is closed while it sends a file calls no sink any more.")]
    internal void Close_WhileSendingAFile_SinkIsNotCalled()
    {
        (PollSocket socket, Socket peer) = ConnectForFiles(smallBuffers: true);
        using var folder = new TemporaryFolder();
        using SafeFileHandle file = NewFile(folder, Pattern(5_000_000));
        var sender = new FileSender(socket, file, 5_000_000);
        Harness.Settle();
        Expect.False(sender.IsDone);

        // Who waits for room costs nothing. What the system has yet to move to the peer may make some at first.
        Harness.RunUntil(() =>
        {
            int before = Harness.Enqueued;
            Harness.Settle();
            return Harness.Enqueued == before;
        });
        Expect.Throws<InvalidOperationException>(() => socket.TrySend([1], out _));
        long sent = sender.Sent;
        socket.Close(abort: true);
        Expect.False(Poller.HasOperations);
        peer.Close();
        Harness.Settle();
        Expect.Equal(sent, sender.Sent);
    }

    [Clause("A send of a file that is stopped calls no sink any more, and what is sent next goes out behind it.")]
    internal void StopSendingFile_SocketIsFull_TheNextSendGoesOn()
    {
        (PollSocket socket, Socket peer) = ConnectForFiles(smallBuffers: true);
        using var folder = new TemporaryFolder();
        using SafeFileHandle file = NewFile(folder, Pattern(5_000_000));
        var sender = new FileSender(socket, file, 5_000_000);
        Harness.Settle();
        Expect.False(sender.IsDone);
        socket.StopSendingFile();
        Expect.False(Poller.HasOperations);
        int sent = (int)sender.Sent;
        byte[] data = Pattern(1000);
        var whole = new SocketSender(socket, data);

        // The poller meets the full socket with it, before there is room.
        Harness.Settle();
        byte[] received = [];
        BackgroundWork reader = InBackground(() => received = ReceiveExactly(peer, sent + data.Length));
        Harness.RunUntil(() => whole.IsDone);
        Harness.Settle();
        reader.Join();
        Expect.Equal<byte[]>([.. Pattern(5_000_000)[..sent], .. data], received);
        Expect.Equal((long)sent, sender.Sent);
    }

    [Clause("A peer that resets the connection fails the send of a file.")]
    internal void SendFile_PeerResets_SinkGetsTheError()
    {
        (PollSocket socket, Socket peer) = ConnectForFiles(smallBuffers: true);
        using var folder = new TemporaryFolder();
        using SafeFileHandle file = NewFile(folder, Pattern(20_000_000));
        var sender = new FileSender(socket, file, 20_000_000);
        Harness.Settle();
        peer.Close(timeout: 0);
        Harness.RunUntil(() => sender.IsDone);
        Expect.True(sender.Error is SocketError.ConnectionReset or SocketError.Shutdown, $"The error was {sender.Error}.");
        Expect.False(Poller.HasOperations);
    }

    private (PollSocket Socket, Socket Peer) ConnectForFiles(bool smallBuffers = false)
    {
        (PollSocket socket, Socket peer) = Harness.Connect(
            smallBuffers ? static configured => configured.ReceiveBufferSize = 8192 : null);
        Expect.Applies(socket.CanSendFiles, "This backend does not send files.");
        if (smallBuffers)
        {
            socket.Socket.SendBufferSize = 16 * 1024;
        }

        return (socket, peer);
    }

    private static SafeFileHandle NewFile(TemporaryFolder folder, byte[] data)
    {
        string path = folder.Combine("file");
        File.WriteAllBytes(path, data);
        return File.OpenHandle(path);
    }

    /// <summary>Sends a file from its beginning on.</summary>
    private sealed class FileSender : ISendSink
    {
        private readonly PollSocket _socket;
        private readonly SafeFileHandle _file;
        private readonly long _count;

        public FileSender(PollSocket socket, SafeFileHandle file, long count)
        {
            _socket = socket;
            _file = file;
            _count = count;
            socket.SendFile(file, 0, count, this);
        }

        public long Sent { get; private set; }

        public bool IsDone { get; private set; }

        public SocketError Error { get; private set; }

        public void OnSent(int count, SocketError error)
        {
            Sent += count;
            Error = error;
            IsDone = Sent == _count || count == 0;
            if (!IsDone)
            {
                _socket.SendFile(_file, Sent, _count - Sent, this);
            }
        }
    }
}
