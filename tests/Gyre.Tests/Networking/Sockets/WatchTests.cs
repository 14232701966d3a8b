using System.IO.Pipes;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>Readers and writers of descriptors that the loop does not own.</summary>
public class WatchTests : NetworkTest
{
    /// <summary>Guarantee G-140. CPython: EventLoopTestsMixin.test_reader_callback;
    /// BaseSelectorEventLoopTests.test_add_reader, test_process_events_read.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void AddReader_BytesCome_IsCalledUntilTheEndIsRead(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        var read = new List<byte>();
        bool ended = false;
        byte[] buffer = new byte[1];
        loop.AddReader(pair.First, () =>
        {
            int count = pair.First.Receive(buffer, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            read.AddRange(buffer.AsSpan(0, count));
            if (count == 0)
            {
                ended = true;
                Assert.True(loop.RemoveReader(pair.First));
                Assert.False(loop.RemoveReader(pair.First));
            }
        });
        pair.Second.Send("abc"u8);
        await Until(() => read.Count == 3);
        pair.Second.Send("def"u8);
        await Until(() => read.Count == 6);
        pair.Second.Dispose();
        await Until(() => ended);
        Assert.Equal("abcdef"u8, read.ToArray());
        Assert.False(loop.RemoveReader(pair.First));
    });

    /// <summary>CPython: EventLoopTestsMixin.test_writer_callback; BaseSelectorEventLoopTests.test_add_writer,
    /// test_remove_writer, test_remove_writer_unknown, test_process_events_write.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void AddWriter_RoomThere_IsCalledUntilItIsRemoved(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        Assert.False(loop.RemoveWriter(pair.First));
        int calls = 0;
        loop.AddWriter(pair.First, () =>
        {
            calls++;
            pair.First.Send("x"u8);
        });
        await Until(() => calls >= 3);
        Assert.True(loop.RemoveWriter(pair.First));
        Assert.False(loop.RemoveWriter(pair.First));
        int before = calls;
        await Aio.Sleep(5.Milliseconds());
        Assert.Equal(before, calls);
    });

    /// <summary>CPython: BaseSelectorEventLoopTests.test_add_reader_existing, test_add_reader_existing_writer,
    /// test_add_writer_existing, test_process_events_read_cancelled, test_process_events_write_cancelled.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void AddReader_Again_TakesThePlaceOfTheFirst(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        pair.Second.Send("x"u8);
        var calls = new List<string>();
        loop.AddWriter(pair.First, () => calls.Add("writer"));
        loop.AddReader(pair.First, () =>
        {
            // Both are ready: the other one's turn comes in this iteration, unless its place is taken.
            calls.Add("first");
            loop.AddReader(pair.First, () => calls.Add("second"));
            loop.AddWriter(pair.First, () => calls.Add("second writer"));
        });
        await Until(() => calls.Contains("second writer") && calls.Contains("second"));
        Assert.Single(calls, "first");
        Assert.True(calls.LastIndexOf("writer") < calls.IndexOf("first"), "A cancelled writer is not called.");
        Assert.Equal(["second", "second writer"], calls.SkipWhile(call => call != "second").Take(2));
        Assert.True(loop.RemoveReader(pair.First));
        Assert.True(loop.RemoveWriter(pair.First));
    });

    /// <summary>CPython: BaseSelectorEventLoopTests.test_remove_reader, test_remove_reader_read_write,
    /// test_remove_reader_unknown, test_remove_writer_read_write.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void RemoveReader_WriterStays_AndTheOtherWayRound(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        Assert.False(loop.RemoveReader(pair.First));
        pair.Second.Send("x"u8);
        int reads = 0;
        int writes = 0;
        loop.AddReader(pair.First, () => reads++);
        loop.AddWriter(pair.First, () => writes++);
        await Until(() => reads >= 2 && writes >= 2);
        Assert.True(loop.RemoveReader(pair.First));
        Assert.False(loop.RemoveReader(pair.First));
        (int before, int writesBefore) = (reads, writes);
        await Until(() => writes >= writesBefore + 2);
        Assert.Equal(before, reads);

        loop.AddReader(pair.First, () => reads++);
        Assert.True(loop.RemoveWriter(pair.First));
        Assert.False(loop.RemoveWriter(pair.First));
        writesBefore = writes;
        await Until(() => reads >= before + 2);
        Assert.Equal(writesBefore, writes);
        Assert.True(loop.RemoveReader(pair.First));
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void AddReader_CallbackThrows_IsReportedAndStays(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        pair.Second.Send("x"u8);
        loop.AddReader(pair.First, () => throw new FormatException("odd"));
        await Until(() => Reports.Count >= 2);
        Assert.True(loop.RemoveReader(pair.First));
        Assert.All(Reports, report => Assert.IsType<FormatException>(report.Exception));
        Reports.Clear();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void AddReader_Context_IsThatOfTheCall(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        var local = new AsyncLocal<string> { Value = "added" };
        string? seen = null;
        loop.AddReader(pair.First, () =>
        {
            seen = local.Value;
            loop.RemoveReader(pair.First);
        });
        local.Value = "later";
        pair.Second.Send("x"u8);
        await Until(() => seen is not null);
        Assert.Equal("added", seen);
    });

    /// <summary>CPython: TestFunctional.test_add_reader_or_writer_transport_fd.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void AddReader_SocketOfATransport_IsAnError(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        (Transport transport, RecordingProtocol protocol) =
            await loop.CreateConnection(() => new RecordingProtocol(), pair.First);
        Expect(() => loop.AddReader(pair.First, () => { }));
        Expect(() => loop.AddWriter(pair.First, () => { }));
        Expect(() => loop.RemoveReader(pair.First));
        Expect(() => loop.RemoveWriter(pair.First));
        await Assert.ThrowsAsync<InvalidOperationException>(() => loop.SockRecvAsync(pair.First, 1).AsTask());
        transport.Abort();
        await Until(() => protocol.IsLost);

        static void Expect(Action call) => Assert.Contains(
            "transport", Assert.Throws<InvalidOperationException>(call).Message, StringComparison.Ordinal);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateConnection_SocketWithAReader_IsAnErrorUntilItIsRemoved(PollerBackend backend) =>
        Run(backend, async () =>
        {
            EventLoop loop = EventLoop.Running;
            using var pair = new SocketPair();
            using var other = new SocketPair();
            loop.AddReader(pair.First, () => { });
            await Assert.ThrowsAsync<InvalidOperationException>(
                () => loop.CreateConnection(() => new RecordingProtocol(), pair.First).AsTask());

            // What was waited for by a coroutine may become a connection.
            other.Second.Send("early"u8);
            Assert.Equal("e"u8.ToArray(), await loop.SockRecvAsync(other.First, 1));
            (Transport transport, RecordingProtocol protocol) =
                await loop.CreateConnection(() => new RecordingProtocol(), other.First);
            await Until(() => protocol.Received.Length == 4);
            transport.Abort();
            await Until(() => protocol.IsLost);
        });

    [Theory]
    [MemberData(nameof(Backends))]
    public void AddReader_ClosedSocket_IsAClearError(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        var pair = new SocketPair();
        pair.Dispose();
        Assert.Throws<ObjectDisposedException>(() => loop.AddReader(pair.First, () => { }));
        Assert.Throws<ObjectDisposedException>(() => loop.AddWriter(pair.First, () => { }));
        Assert.False(loop.RemoveReader(pair.First));
        Assert.False(loop.RemoveWriter(pair.First));
        Assert.Throws<ArgumentNullException>(() => loop.AddReader((Socket)null!, () => { }));
        Assert.Throws<ArgumentNullException>(() => loop.AddReader(pair.First, null!));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => loop.SockRecvAsync(pair.First, 1).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => loop.SockSendAllAsync(pair.First, "x"u8.ToArray()).AsTask());
    });

    /// <summary>CPython: EventLoopTestsMixin.test_remove_fds_after_closing, test_add_fds_after_closing.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void AddReader_ClosedLoop_IsAnErrorAndRemoveReaderFindsNothing(PollerBackend backend)
    {
        using var pair = new SocketPair();
        var loop = new EventLoop(new EventLoopOptions { Backend = backend });
        loop.AddReader(pair.First, () => { });
        loop.AddWriter(pair.Second, () => { });
        loop.Close();
        Assert.False(loop.RemoveReader(pair.First));
        Assert.False(loop.RemoveWriter(pair.Second));
        Assert.Throws<InvalidOperationException>(() => loop.AddReader(pair.First, () => { }));
        Assert.Throws<InvalidOperationException>(() => loop.AddWriter(pair.First, () => { }));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void AddReader_Pipe_WorksOnLinuxAndSaysSoElsewhere(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var reader = new AnonymousPipeClientStream(PipeDirection.In, pipe.ClientSafePipeHandle);
        if (backend == PollerBackend.Portable)
        {
            Assert.Throws<NotSupportedException>(() => loop.AddReader(reader.SafePipeHandle, () => { }));
            Assert.Throws<NotSupportedException>(() => loop.AddWriter(pipe.SafePipeHandle, () => { }));
            Assert.False(loop.RemoveReader(reader.SafePipeHandle));
            Assert.False(loop.RemoveWriter(pipe.SafePipeHandle));
            return;
        }

        int reads = 0;
        int writes = 0;
        loop.AddReader(reader.SafePipeHandle, () => reads += reader.Read(new byte[10]));
        loop.AddWriter(pipe.SafePipeHandle, () => writes++);
        await Until(() => writes >= 2);
        Assert.True(loop.RemoveWriter(pipe.SafePipeHandle));
        pipe.Write([1, 2, 3]);
        await Until(() => reads == 3);
        Assert.True(loop.RemoveReader(reader.SafePipeHandle));
    });
}
