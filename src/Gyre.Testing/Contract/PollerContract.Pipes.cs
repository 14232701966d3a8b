using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gyre.Polling;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Testing;

// Pipes: one end on the poller, the other in the hands of the check.
public sealed partial class PollerContract
{
    [Clause("What is written to a pipe is read from it, and then its end.")]
    [Case(1)]
    [Case(4096)]
    [Case(1_000_000)]
    internal void PipeReading_WriterWritesAndCloses_SinkGetsAllThenTheEnd(int length)
    {
        (PollPipe pipe, FileStream writer) = ReadingPipe();
        var sink = new ReceiveRecorder();
        pipe.StartReading(sink);
        byte[] data = Pattern(length);
        BackgroundWork work = InBackground(() =>
        {
            writer.Write(data);
            writer.Dispose();
        });
        Harness.RunUntil(() => sink.IsOver);
        work.Join();
        Expect.Equal(data, sink.Bytes);
        Expect.Equal(1, sink.Ends);
        Expect.Empty(sink.Failures);
        Expect.False(Poller.HasOperations);
    }

    [Clause("A pipe that has messages again and again tells of each.")]
    internal void PipeReading_MessageAfterMessage_EachIsRead()
    {
        (PollPipe pipe, FileStream writer) = ReadingPipe();
        var sink = new ReceiveRecorder();
        pipe.StartReading(sink);
        for (int i = 1; i <= 100; i++)
        {
            writer.Write(Pattern(10));
            Harness.RunUntil(() => sink.Count == i * 10);
        }

        Expect.Equal(100, sink.Pieces);
    }

    [Clause("A sink may bring its own buffers to a pipe, of any size.")]
    internal void PipeReading_BufferedSink_FillsItsBuffers()
    {
        (PollPipe pipe, FileStream writer) = ReadingPipe();
        var sink = new BufferedReceiveRecorder(100);
        pipe.StartReading(sink);
        writer.Write(Pattern(1000));
        writer.Dispose();
        Harness.RunUntil(() => sink.IsOver);
        Expect.Equal(Pattern(1000), sink.Bytes);
        Expect.Equal(1, sink.Ends);
    }

    [Clause("While a pipe is not read, what comes stays in it; starting again loses nothing.")]
    internal void StopReading_BytesCome_TheyStayForTheNextStart()
    {
        (PollPipe pipe, FileStream writer) = ReadingPipe();
        var first = new ReceiveRecorder();
        pipe.StartReading(first);
        writer.Write(Pattern(10));
        Harness.RunUntil(() => first.Count == 10);
        pipe.StopReading();
        Expect.False(Poller.HasOperations);
        writer.Write(Pattern(20));
        Harness.Settle();
        Expect.Equal(10L, first.Count);
        var second = new ReceiveRecorder();
        pipe.StartReading(second);
        Harness.RunUntil(() => second.Count == 20);
        writer.Dispose();
        Harness.RunUntil(() => second.IsOver);
        Expect.Equal(1, second.Ends);
        Expect.Equal(0, first.Ends);
    }

    [Clause("A sink that stops in the middle of a call hears nothing more.")]
    internal void StopReading_InTheSink_NothingMoreComes()
    {
        (PollPipe pipe, FileStream writer) = ReadingPipe();
        var sink = new BufferedReceiveRecorder(10);
        sink.Received = _ => pipe.StopReading();
        pipe.StartReading(sink);
        writer.Write(Pattern(100));
        Harness.RunUntil(() => sink.Count > 0);
        Harness.Settle();
        Expect.Equal(10L, sink.Count);
        Expect.False(Poller.HasOperations);
    }

    [Clause("What is written through the poller arrives, and then the end.")]
    [Case(1)]
    [Case(4096)]
    [Case(1_000_000)]
    internal void PipeWriting_AllOfSomeBytes_ReaderGetsThemThenTheEnd(int length)
    {
        (PollPipe pipe, FileStream reader) = WritingPipe();
        byte[] received = [];
        BackgroundWork work = InBackground(() => received = ReadToEnd(reader));
        var sender = new PipeSender(pipe, Pattern(length));
        Harness.RunUntil(() => sender.IsDone);
        pipe.Close();
        work.Join();
        Expect.Equal(SocketError.Success, sender.Error);
        Expect.Equal(Pattern(length), received);
    }

    [Clause("A write into a full pipe waits until somebody reads.")]
    internal void PipeWriting_PipeIsFull_GoesOnWhenThereIsRoom()
    {
        (PollPipe pipe, FileStream reader) = WritingPipe();
        long filled = Fill(pipe);
        var sink = new SendRecorder();
        pipe.Write(Pattern(10_000), sink);
        Harness.Settle();
        Expect.Equal(0, sink.Calls);
        Expect.True(Poller.HasOperations);
        ReadExactly(reader, (int)filled);
        Harness.RunUntil(() => sink.Calls > 0);
        Expect.Equal(SocketError.Success, sink.Error);
        Expect.Equal(Pattern(10_000)[..sink.Count], ReadExactly(reader, sink.Count));
        Expect.False(Poller.HasOperations);
    }

    [Clause("A second write before the first has ended is a misuse.")]
    internal void PipeWriting_WhileWriting_Throws()
    {
        (PollPipe pipe, _) = WritingPipe();
        pipe.Write(Pattern(1), new SendRecorder());
        Expect.Throws<InvalidOperationException>(() => pipe.Write(Pattern(1), new SendRecorder()));
        Expect.Throws<InvalidOperationException>(() => pipe.TryWrite([1], out _));
    }

    [Clause("Nobody reads any more: a write is an error, and no signal.")]
    internal void PipeWriting_ReaderHasClosed_Fails()
    {
        (PollPipe pipe, FileStream reader) = WritingPipe();
        reader.Dispose();
        Expect.Equal(0, pipe.TryWrite([1], out SocketError error));
        Expect.Equal(SocketError.Shutdown, error);
        var sink = new SendRecorder();
        pipe.Write(Pattern(1), sink);
        Harness.RunUntil(() => sink.Calls > 0);
        Expect.Equal(SocketError.Shutdown, sink.Error);
    }

    [Clause("A write that waits for room fails when the reader goes.")]
    internal void PipeWriting_ReaderClosesWhileFull_Fails()
    {
        (PollPipe pipe, FileStream reader) = WritingPipe();
        Fill(pipe);
        var sink = new SendRecorder();
        pipe.Write(Pattern(1), sink);
        Harness.Settle();
        Expect.Equal(0, sink.Calls);
        reader.Dispose();
        Harness.RunUntil(() => sink.Calls > 0);
        Expect.Equal(SocketError.Shutdown, sink.Error);
        Expect.False(Poller.HasOperations);
    }

    [Clause("The watch of a writing end tells, once, that the reader has gone, and of nothing else.")]
    internal void WatchHangUp_ReaderReadsThenCloses_SinkHearsOfTheClose()
    {
        (PollPipe pipe, FileStream reader) = WritingPipe();
        var sink = new HangUpRecorder();
        pipe.WatchHangUp(sink);
        Expect.Throws<InvalidOperationException>(() => pipe.WatchHangUp(sink));
        pipe.TryWrite([1, 2], out _);
        ReadExactly(reader, 2);
        Harness.Settle();
        Expect.Equal(0, sink.Calls);
        Expect.True(Poller.HasOperations);
        reader.Dispose();
        Harness.RunUntil(() => sink.Calls > 0);
        Harness.Settle();
        Expect.Equal(1, sink.Calls);
        Expect.False(Poller.HasOperations);
    }

    [Clause("A pipe that is closed calls no sink any more, and its other end hears of it.")]
    internal void PipeClose_ReadsAndWritesUnderWay_SinksAreNotCalled()
    {
        (PollPipe reading, FileStream writer) = ReadingPipe();
        (PollPipe writing, FileStream reader) = WritingPipe();
        var read = new ReceiveRecorder();
        var written = new SendRecorder();
        var hungUp = new HangUpRecorder();
        reading.StartReading(read);
        Fill(writing);
        writing.Write(Pattern(1), written);
        writing.WatchHangUp(hungUp);
        Harness.Settle();
        writer.Write(Pattern(1));
        reading.Close();
        writing.Close();
        Expect.True(reading.IsClosed && writing.IsClosed);
        Expect.False(Poller.HasOperations);
        Harness.RunUntil(() => Fails(writer));
        ReadToEnd(reader);
        Harness.Settle();
        Expect.Equal(0L, read.Count);
        Expect.Equal(0, read.Ends);
        Expect.Equal(0, written.Calls);
        Expect.Equal(0, hungUp.Calls);
        Expect.Throws<ObjectDisposedException>(() => reading.StartReading(read));
        Expect.Throws<ObjectDisposedException>(() => writing.TryWrite([1], out _));
    }

    [Clause("A device that can never be waited for, as /dev/null, is read and written all the same.")]
    internal void AttachPipe_NullDevice_EndsAtOnceAndTakesEverything()
    {
        Expect.Applies(File.Exists("/dev/null"), "There is no /dev/null.");
        PollPipe pipe = AttachPipe(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        var read = new ReceiveRecorder();
        var written = new SendRecorder();
        pipe.StartReading(read);
        pipe.Write(Pattern(100_000), written);
        pipe.WatchHangUp(new HangUpRecorder());
        Harness.RunUntil(() => read.IsOver && written.Calls > 0);
        Expect.Equal(1, read.Ends);
        Expect.Equal(100_000, written.Count);
        Expect.False(pipe.CanHangUp);
        Expect.False(Poller.HasOperations);
    }

    [Clause("A regular file is refused, and stays the caller's.")]
    internal void AttachPipe_RegularFile_Throws()
    {
        (PollPipe pipe, _) = ReadingPipe();
        pipe.Close();
        using var folder = new TemporaryFolder();
        using SafeFileHandle file = File.OpenHandle(folder.Combine("file"), FileMode.Create, FileAccess.ReadWrite);
        ArgumentException error = Expect.Throws<ArgumentException>(() => Poller.AttachPipe(file));
        Expect.Mentions("file", error);
        Expect.False(file.IsClosed);
    }

    [Clause("A descriptor may be read by one pipe and written to by another, as terminals are, and sockets.")]
    internal void AttachPipe_OneDescriptorTwice_ReadsAndWrites()
    {
        (Socket socket, Socket peer) = SocketPair();
        var handle = new SafeFileHandle(socket.SafeHandle.DangerousGetHandle(), ownsHandle: false);
        PollPipe reading = AttachPipe(handle);
        PollPipe writing = Poller.AttachPipe(handle);
        var read = new ReceiveRecorder();
        var hungUp = new HangUpRecorder();
        reading.StartReading(read);
        writing.WatchHangUp(hungUp);
        Expect.Equal(3, writing.TryWrite([1, 2, 3], out _));
        Expect.Equal([1, 2, 3], ReceiveExactly(peer, 3));
        peer.Send([4, 5]);
        Harness.RunUntil(() => read.Count == 2);
        peer.Shutdown(SocketShutdown.Send);
        Harness.RunUntil(() => read.IsOver && hungUp.Calls == 1);
        Expect.Equal(1, read.Ends);
        reading.Close();
        Expect.Equal(1, writing.TryWrite([6], out _));
        writing.Close();
        Expect.Equal([6], ReceiveExactly(peer, 1));
        Expect.Equal(1, socket.Send([7]));
    }

    [Clause("A socket that is used as a pipe is watched and read, and ends orderly when the pipe is closed.")]
    internal void AttachPipe_HandleOfASocket_PeerGetsAllThenTheEnd()
    {
        (Socket socket, Socket peer) = SocketPair();
        PollPipe pipe = AttachPipe(socket.SafeHandle);
        pipe.WatchHangUp(new HangUpRecorder());
        Harness.Settle();
        var read = new ReceiveRecorder();
        pipe.StartReading(read);
        peer.Send([4, 5]);
        Harness.RunUntil(() => read.Count == 2);
        Expect.Equal(3, pipe.TryWrite([1, 2, 3], out _));
        pipe.Close();
        Expect.Equal([1, 2, 3], ReceiveExactly(peer, 3));
        Expect.Equal(0, peer.Receive(new byte[1]));
    }

    /// <summary>A connection, neither of whose ends is attached.</summary>
    private (Socket Socket, Socket Peer) SocketPair()
    {
        Socket listener = Harness.Listen();
        Socket peer = Harness.Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        peer.Connect(listener.LocalEndPoint!);
        return (Harness.Own(listener.Accept()), peer);
    }

    /// <summary>Whether a byte cannot be written. A backend may close on another thread, a little later.</summary>
    private static bool Fails(FileStream writer)
    {
        try
        {
            writer.Write([1]);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static byte[] ReadExactly(FileStream reader, int count)
    {
        byte[] data = new byte[count];
        reader.ReadExactly(data);
        return data;
    }

    private static byte[] ReadToEnd(FileStream reader)
    {
        using var bytes = new MemoryStream();
        reader.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Writes until the pipe is full.</summary>
    /// <returns>How many bytes it took.</returns>
    private static long Fill(PollPipe pipe)
    {
        byte[] data = Pattern(64 * 1024);
        for (long filled = 0; ;)
        {
            int count = pipe.TryWrite(data, out SocketError error);
            filled += count;
            if (error != SocketError.Success)
            {
                Expect.Equal(SocketError.WouldBlock, error);
                return filled;
            }
        }
    }

    private (PollPipe Pipe, FileStream Writer) ReadingPipe()
    {
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        var writer = Harness.Own(new FileStream(writeEnd, FileAccess.Write, bufferSize: 0));
        return (AttachPipe(readEnd), writer);
    }

    private (PollPipe Pipe, FileStream Reader) WritingPipe()
    {
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        var reader = Harness.Own(new FileStream(readEnd, FileAccess.Read, bufferSize: 0));
        return (AttachPipe(writeEnd), reader);
    }

    private PollPipe AttachPipe(SafeHandle handle)
    {
        Harness.Own(handle);
        try
        {
            return Poller.AttachPipe(handle);
        }
        catch (PlatformNotSupportedException e)
        {
            Expect.Applies(false, e.Message);
            throw;
        }
    }
}
