using System.IO.Pipes;
using System.Runtime.InteropServices;
using Gyre.Polling;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Tests.Networking;

public class ReadPipeTests : PipeTest
{
    /// <summary>CPython: EventLoopTestsMixin.test_read_pipe, UnixReadPipeTransportTests.test_ctor, test__read_ready,
    /// test__read_ready_eof, test__read_ready_blocked, test__call_connection_lost. Guarantee G-170.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadPipe_WriterWritesAndCloses_ProtocolHearsAllInOrder(PollerBackend backend) => Run(backend, async () =>
    {
        (Transport transport, RecordingProtocol protocol, FileStream writer) = await OpenReadPipe();
        Assert.Equal(["made"], protocol.Calls);
        Assert.Same(transport, protocol.Transport);
        Assert.True(transport.IsReading);
        SafeHandle pipe = transport.Pipe!;
        writer.Write("1"u8);
        await Until(() => protocol.Received.Length == 1);
        writer.Write("2345"u8);
        await Until(() => protocol.Received.Length == 5);
        Assert.Equal(["made", "data"], protocol.Calls);
        writer.Dispose();
        await Until(() => protocol.IsLost);
        await Aio.Yield();
        Assert.Equal(["made", "data", "eof", "lost"], protocol.Calls);
        Assert.Equal("12345"u8, protocol.Received);
        Assert.Null(protocol.Error);
        Assert.True(transport.IsClosing);
        Assert.Null(transport.Pipe);
        Assert.True(pipe.IsClosed);
    });

    /// <summary>The answer to the end makes no difference: there is no other direction to keep open.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadPipe_ProtocolWouldStayOpenAtTheEnd_IsClosedAllTheSame(PollerBackend backend) => Run(backend, async () =>
    {
        (_, RecordingProtocol protocol, FileStream writer) =
            await OpenReadPipe(new RecordingProtocol { KeepOpen = true });
        writer.Dispose();
        await Until(() => protocol.IsLost);
        Assert.Equal(["made", "eof", "lost"], protocol.Calls);
    });

    /// <summary>CPython: UnixReadPipeTransportTests.test_pause_reading, test_resume_reading,
    /// test_pause_reading_on_paused_pipe, test_resume_reading_on_paused_pipe.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void PauseReading_BytesCome_TheyWaitInThePipe(PollerBackend backend) => Run(backend, async () =>
    {
        (Transport transport, RecordingProtocol protocol, FileStream writer) = await OpenReadPipe();
        transport.PauseReading();
        transport.PauseReading();
        Assert.False(transport.IsReading);
        writer.Write("early"u8);
        writer.Dispose();
        await Aio.Sleep(5.Milliseconds());
        Assert.Equal(["made"], protocol.Calls);
        transport.ResumeReading();
        transport.ResumeReading();
        Assert.True(transport.IsReading);
        await Until(() => protocol.IsLost);
        Assert.Equal("early"u8, protocol.Received);
        Assert.Equal(["made", "data", "eof", "lost"], protocol.Calls);
    });

    /// <summary>CPython: UnixReadPipeTransportTests.test_pause_reading, test_resume_reading.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void PauseReading_InTheProtocol_NothingMoreIsDelivered(PollerBackend backend) => Run(backend, async () =>
    {
        (Transport transport, RecordingProtocol protocol, FileStream writer) = await OpenReadPipe(
            new RecordingProtocol { OnMade = self => self.Transport.PauseReading() });
        writer.Write("x"u8);
        await Aio.Sleep(5.Milliseconds());
        Assert.Equal(["made"], protocol.Calls);
        transport.ResumeReading();
        await Until(() => protocol.Received.Length == 1);
        transport.Close();
        writer.Dispose();
        await Until(() => protocol.IsLost);
    });

    /// <summary>CPython: UnixReadPipeTransportTests.test_close, test_close_already_closing, test__close,
    /// test_pause_reading_on_closed_pipe, test_resume_reading_on_closed_pipe. Guarantee G-170.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_WhileReading_IsLostOnceAndTheWriterHearsOfIt(PollerBackend backend) => Run(backend, async () =>
    {
        (Transport transport, RecordingProtocol protocol, FileStream writer) = await OpenReadPipe();
        transport.Close();
        transport.Close();
        transport.Abort();
        transport.PauseReading();
        transport.ResumeReading();
        Assert.True(transport.IsClosing);
        Assert.False(transport.IsReading);
        Assert.Equal(["made"], protocol.Calls);
        await Until(() => protocol.IsLost);
        await Aio.Yield();
        Assert.Equal(["made", "lost"], protocol.Calls);
        Assert.Null(protocol.Error);
        Assert.Throws<IOException>(() => writer.Write("x"u8));
        writer.Dispose();
    });

    /// <summary>CPython: UnixReadPipeTransportTests.test_ctor (ValueError).</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ConnectReadPipe_RegularFile_IsRefusedAndStaysTheCallers(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        using SafeFileHandle file = File.OpenHandle(directory["file"], FileMode.Create, FileAccess.ReadWrite);
        EventLoop loop = EventLoop.Running;
        ArgumentException read = await Assert.ThrowsAsync<ArgumentException>(
            () => loop.ConnectReadPipe(() => new RecordingProtocol(), file).AsTask());
        Assert.Contains("terminals", read.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(
            () => loop.ConnectWritePipe(() => new RecordingProtocol(), file).AsTask());
        Assert.False(file.IsClosed);
        RandomAccess.Write(file, "x"u8, 0);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadPipe_Write_Throws(PollerBackend backend) => Run(backend, async () =>
    {
        (Transport transport, RecordingProtocol protocol, FileStream writer) = await OpenReadPipe();
        Assert.False(transport.CanWriteEof);
        Assert.Throws<NotSupportedException>(() => transport.Write("x"u8));
        Assert.Throws<NotSupportedException>(() => transport.WriteLines([]));
        Assert.Throws<NotSupportedException>(transport.WriteEof);
        Assert.Null(transport.LocalEndPoint);
        Assert.Null(transport.Socket);
        transport.Close();
        await Until(() => protocol.IsLost);
        writer.Dispose();
    });

    /// <summary>CPython: UnixReadPipeTransportTests.test__read_ready_error, test__call_connection_lost_with_err. What reads
    /// from a terminal's other side fails when the terminal is closed.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadPipe_ReadFails_IsLostWithTheError(PollerBackend backend) => Run(backend, async () =>
    {
        (SafeFileHandle master, SafeFileHandle terminal) = NativePipes.OpenTerminal();
        var protocol = new RecordingProtocol();
        await EventLoop.Running.ConnectReadPipe(() => protocol, master);
        using (var screen = new FileStream(NativePipes.Duplicate(terminal), FileAccess.Write, bufferSize: 0))
        {
            screen.Write("x"u8);
        }

        await Until(() => protocol.Received.Length == 1);
        terminal.Dispose();
        await Until(() => protocol.IsLost);
        Assert.Equal(["made", "data", "lost"], protocol.Calls);
        Assert.IsType<IOException>(protocol.Error);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadPipe_ProtocolThrows_IsReportedAndTheEnd(PollerBackend backend) => Run(backend, async () =>
    {
        (_, RecordingProtocol protocol, FileStream writer) = await OpenReadPipe(
            new RecordingProtocol { OnData = (_, _) => throw new InvalidOperationException("by the test") });
        writer.Write("x"u8);
        await Until(() => protocol.IsLost);
        Assert.Equal("by the test", Assert.Single(Reports).Exception!.Message);
        Assert.Equal("by the test", protocol.Error!.Message);
        Reports.Clear();
        writer.Dispose();
    });

    /// <summary>A named pipe begins without a writer: that is no end.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadPipe_FifoWithoutAWriterYet_WaitsForOne(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        string path = directory["fifo"];
        NativePipes.CreateFifo(path);
        var protocol = new RecordingProtocol();
        await EventLoop.Running.ConnectReadPipe(() => protocol, NativePipes.OpenFifo(path));
        await Aio.Sleep(5.Milliseconds());
        Assert.Equal(["made"], protocol.Calls);
        using (var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
        {
            writer.Write("x"u8);
        }

        await Until(() => protocol.IsLost);
        Assert.Equal(["made", "data", "eof", "lost"], protocol.Calls);
    });

    /// <summary>What .NET's programs have: the server's end of an anonymous pipe.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadPipe_OfAnAnonymousPipeStream_Works(PollerBackend backend) => Run(backend, async () =>
    {
        await using var server = new AnonymousPipeServerStream(PipeDirection.In);
        await using var client = new AnonymousPipeClientStream(PipeDirection.Out, server.ClientSafePipeHandle);
        var protocol = new RecordingProtocol();
        await EventLoop.Running.ConnectReadPipe(() => protocol, server.SafePipeHandle);
        client.Write("hello"u8);
        await Until(() => protocol.Received.Length == 5);
        client.Dispose();
        await Until(() => protocol.IsLost);
    });

    /// <summary>CPython: EventLoopTestsMixin.test_unclosed_pipe_transport.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Pipes_LoopIsClosedFirst_TheyCanStillBePrinted(PollerBackend backend)
    {
        Transport? read = null;
        Transport? write = null;
        FileStream? writer = null;
        FileStream? reader = null;
        Run(backend, async () =>
        {
            (read, _, writer) = await OpenReadPipe();
            (write, _, reader) = await OpenWritePipe();
        });
        Assert.Contains("read pipe", read!.ToString(), StringComparison.Ordinal);
        Assert.Contains("write pipe", write!.ToString(), StringComparison.Ordinal);

        // The loop has closed its ends.
        Assert.Throws<IOException>(() => writer!.Write("x"u8));
        Assert.Equal(0, reader!.Read(new byte[1]));
        writer!.Dispose();
        reader.Dispose();
    }
}
