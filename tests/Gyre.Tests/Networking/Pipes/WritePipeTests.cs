using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gyre.Polling;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Tests.Networking;

public class WritePipeTests : PipeTest
{
    /// <summary>CPython: EventLoopTestsMixin.test_write_pipe, UnixWritePipeTransportTests.test_ctor, test_write,
    /// test_write_no_data, test_can_write_eof, test_write_close, test_close, test_close_closing, test_write_eof,
    /// test__call_connection_lost. Guarantee G-170.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WritePipe_WriteAndClose_ReaderGetsAllThenTheEnd(PollerBackend backend) => Run(backend, async () =>
    {
        (Transport transport, RecordingProtocol protocol, FileStream reader) = await OpenWritePipe();
        Assert.Equal(["made"], protocol.Calls);
        Assert.True(transport.CanWriteEof);
        Assert.False(transport.IsReading);
        SafeHandle pipe = transport.Pipe!;
        transport.Write("1"u8);
        transport.Write([]);
        transport.WriteLines(["23"u8.ToArray(), "45"u8.ToArray()]);
        Assert.Equal(0, transport.WriteBufferSize);
        byte[] data = new byte[5];
        reader.ReadExactly(data);
        Assert.Equal("12345"u8, data);
        transport.WriteEof();
        transport.Close();
        transport.WriteEof();
        Assert.True(transport.IsClosing);
        Assert.Equal(["made"], protocol.Calls);
        await Until(() => protocol.IsLost);
        await Aio.Yield();
        Assert.Equal(["made", "lost"], protocol.Calls);
        Assert.Null(protocol.Error);
        Assert.Equal(0, reader.Read(data));
        Assert.Null(transport.Pipe);
        Assert.True(pipe.IsClosed);
        transport.Write("dropped"u8);
        reader.Dispose();
    });

    /// <summary>CPython: UnixWritePipeTransportTests.test_write_partial, test_write_buffer, test_write_again,
    /// test__write_ready, test__write_ready_partial, test__write_ready_again, test__write_ready_empty,
    /// test__write_ready_closing, test_write_eof_pending. Guarantee G-170.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Write_MoreThanThePipeHolds_PausesResumesAndClosesBehindIt(PollerBackend backend) => Run(backend, async () =>
    {
        (Transport transport, RecordingProtocol protocol, FileStream reader) = await OpenWritePipe();
        byte[] data = [.. Enumerable.Range(0, 1_000_000).Select(static i => (byte)(i ^ (i >> 8)))];
        transport.Write(data);
        Assert.Equal(["made", "pause"], protocol.Calls);
        Assert.InRange(transport.WriteBufferSize, 1, data.Length);
        transport.WriteLines([data, data]);
        transport.Close();
        await Aio.Sleep(2.Milliseconds());
        Assert.False(protocol.IsLost);
        using var received = new MemoryStream();
        await Aio.ToThread(() => reader.CopyTo(received));
        await Until(() => protocol.IsLost);
        Assert.Equal<byte[]>([.. data, .. data, .. data], received.ToArray());
        Assert.Equal(["made", "pause", "resume", "lost"], protocol.Calls);
        Assert.Null(protocol.Error);
        Assert.Equal(0, transport.WriteBufferSize);
        reader.Dispose();
    });

    /// <summary>CPython: UnixWritePipeTransportTests.test__read_ready. Guarantee G-171.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WritePipe_ReaderCloses_IsLostWithoutAnErrorIfNothingIsUnsent(PollerBackend backend) => Run(backend, async () =>
    {
        (Transport transport, RecordingProtocol protocol, FileStream reader) = await OpenWritePipe();
        transport.Write("x"u8);
        reader.ReadExactly(new byte[1]);
        await Aio.Sleep(2.Milliseconds());
        Assert.False(transport.IsClosing);
        reader.Dispose();
        await Until(() => protocol.IsLost);
        Assert.Equal(["made", "lost"], protocol.Calls);
        Assert.Null(protocol.Error);
    });

    /// <summary>CPython: UnixWritePipeTransportTests.test__read_ready, test__write_ready_err,
    /// test__call_connection_lost_with_err. Guarantee G-171.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WritePipe_ReaderClosesWithBytesUnsent_IsLostWithABrokenPipe(PollerBackend backend) => Run(backend, async () =>
    {
        (Transport transport, RecordingProtocol protocol, FileStream reader) = await OpenWritePipe();
        FillPipe(transport);
        reader.Dispose();
        await Until(() => protocol.IsLost);
        Assert.Contains("broken", Assert.IsType<IOException>(protocol.Error).Message, StringComparison.Ordinal);
        Assert.Equal(0, transport.WriteBufferSize);
    });

    /// <summary>CPython: UnixWritePipeTransportTests.test_write_err, test_write_close.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Write_ReaderHasClosed_IsLostAndLaterWritesAreDroppedWithOneWarning(PollerBackend backend) =>
        Run(backend, async () =>
        {
            (Transport transport, RecordingProtocol protocol, FileStream reader) = await OpenWritePipe();
            reader.Dispose();
            transport.Write("x"u8);
            Assert.True(transport.IsClosing);
            List<string> warnings = [];
            int thread = Environment.CurrentManagedThreadId;
            Action<string> listener = warning =>
            {
                // Other tests warn on their own threads.
                if (Environment.CurrentManagedThreadId == thread)
                {
                    warnings.Add(warning);
                }
            };
            RuntimeWarnings.Raised += listener;
            for (int i = 0; i < 20; i++)
            {
                transport.Write("y"u8);
            }

            RuntimeWarnings.Raised -= listener;
            Assert.Single(warnings, static text => text.Contains("write pipe", StringComparison.Ordinal));
            await Until(() => protocol.IsLost);
            Assert.IsType<IOException>(protocol.Error);
            Assert.Equal(["made", "lost"], protocol.Calls);
        });

    /// <summary>CPython: UnixWritePipeTransportTests.test_abort. Guarantee G-170.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Abort_BytesUnsent_DropsThem(PollerBackend backend) => Run(backend, async () =>
    {
        (Transport transport, RecordingProtocol protocol, FileStream reader) = await OpenWritePipe();
        int written = FillPipe(transport);
        transport.Abort();
        Assert.Equal(0, transport.WriteBufferSize);
        await Until(() => protocol.IsLost);
        Assert.Null(protocol.Error);
        using var received = new MemoryStream();
        reader.CopyTo(received);
        Assert.InRange(received.Length, 1, written - 1);
        reader.Dispose();
    });

    /// <summary>CPython: EventLoopTestsMixin.test_write_pipe_disconnect_on_close.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WritePipe_OfASocketWhosePeerCloses_IsLost(PollerBackend backend) => Run(backend, async () =>
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        peer.Connect(listener.LocalEndPoint!);
        Socket socket = listener.Accept();
        var protocol = new RecordingProtocol();
        (Transport transport, _) = await EventLoop.Running.ConnectWritePipe(() => protocol, socket.SafeHandle);
        transport.Write("1"u8);
        Assert.Equal(1, peer.Receive(new byte[10]));
        peer.Close();
        await Until(() => protocol.IsLost);
        Assert.Equal(["made", "lost"], protocol.Calls);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void WritePipe_Reading_Throws(PollerBackend backend) => Run(backend, async () =>
    {
        (Transport transport, RecordingProtocol protocol, FileStream reader) = await OpenWritePipe();
        Assert.Throws<NotSupportedException>(transport.PauseReading);
        Assert.Throws<NotSupportedException>(transport.ResumeReading);
        transport.Close();
        await Until(() => protocol.IsLost);
        reader.Dispose();
    });

    /// <summary>As EventLoopTestsMixin.test_read_pty_output, test_write_pty and test_bidirectional_pty of CPython: a
    /// terminal is read and written, by two pipes on one descriptor. Guarantee G-172.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Pipes_OfATerminal_ReadAndWriteAndLeaveItBlocking(PollerBackend backend) => Run(backend, async () =>
    {
        (SafeFileHandle master, SafeFileHandle terminal) = NativePipes.OpenTerminal();
        using var keyboard = new FileStream(master, FileAccess.ReadWrite, bufferSize: 0);
        using var another = new SafeFileHandle(terminal.DangerousGetHandle(), ownsHandle: false);
        Assert.True(NativePipes.IsBlocking(terminal));
        EventLoop loop = EventLoop.Running;
        var read = new RecordingProtocol();
        var written = new RecordingProtocol();
        (Transport reading, _) = await loop.ConnectReadPipe(() => read, another);
        (Transport writing, _) = await loop.ConnectWritePipe(() => written, terminal);
        Assert.False(NativePipes.IsBlocking(terminal));
        keyboard.Write("hello\n"u8);
        await Until(() => read.Received.Length == 6);
        keyboard.Write("again\nand again\n"u8);
        await Until(() => read.Received.Length == 22);
        Assert.Equal("hello\nagain\nand again\n"u8, read.Received);
        writing.Write("answer"u8);
        byte[] screen = new byte[100];
        string seen = "";
        while (!seen.Contains("answer", StringComparison.Ordinal))
        {
            // The terminal echoes what was typed.
            seen += System.Text.Encoding.UTF8.GetString(screen.AsSpan(0, keyboard.Read(screen)));
        }

        // The first to close leaves the mode as the other needs it.
        reading.Close();
        await Until(() => read.IsLost);
        Assert.False(NativePipes.IsBlocking(terminal));
        Assert.False(written.IsLost);
        using var third = NativePipes.Duplicate(terminal);
        writing.Close();
        await Until(() => written.IsLost);
        Assert.True(NativePipes.IsBlocking(third));
    });

    /// <summary>Guarantee G-172.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_PipeThatWasBlocking_IsBlockingAgain(PollerBackend backend) => Run(backend, async () =>
    {
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        using var shared = NativePipes.Duplicate(readEnd);
        var protocol = new RecordingProtocol();
        (Transport transport, _) = await EventLoop.Running.ConnectReadPipe(() => protocol, readEnd);
        Assert.False(NativePipes.IsBlocking(shared));
        transport.Close();
        await Until(() => protocol.IsLost);
        Assert.True(NativePipes.IsBlocking(shared));
        writeEnd.Dispose();
    });

    /// <summary>Standard output and error are often one end of a pipe. The first of the two that was closed made the other one
    /// block, and with it the loop. Guarantee G-172.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_AnotherPipeOfTheSameEnd_StaysNonBlocking(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        (SafeFileHandle readEnd, SafeFileHandle output) = OsPipe.Create();
        SafeFileHandle errors = NativePipes.Duplicate(output);
        using var shell = NativePipes.Duplicate(output);
        var first = new RecordingProtocol();
        var second = new RecordingProtocol();
        (Transport writing, _) = await loop.ConnectWritePipe(() => first, output);
        (Transport stays, _) = await loop.ConnectWritePipe(() => second, errors);
        writing.Close();
        await Until(() => first.IsLost);
        Assert.False(NativePipes.IsBlocking(shell));
        stays.Close();
        await Until(() => second.IsLost);
        Assert.True(NativePipes.IsBlocking(shell));
        readEnd.Dispose();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ConnectWritePipe_SocketOfATransport_IsRefused(PollerBackend backend) => Run(backend, async () =>
    {
        Assert.SkipWhen(backend == PollerBackend.Portable, "There sockets are not known by their descriptors.");
        EventLoop loop = EventLoop.Running;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        (Transport transport, RecordingProtocol protocol) =
            await loop.CreateConnection(() => new RecordingProtocol(), "127.0.0.1", PortOf(server));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => loop.ConnectWritePipe(() => new RecordingProtocol(), transport.Socket!.SafeHandle).AsTask());
        transport.Close();
        await Until(() => protocol.IsLost);
        await server.DisposeAsync();
    });
}
