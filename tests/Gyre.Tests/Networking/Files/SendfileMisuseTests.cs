using Gyre.Polling;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Tests.Networking;

public class SendfileMisuseTests : SendfileTest
{
    /// <summary>CPython: SendfileMixin.test_sendfile_for_closing_transp.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_TransportIsClosing_Throws(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            ends.Transport.Close();
            InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
                () => EventLoop.Running.Sendfile(ends.Transport, file).AsTask());
            Assert.Contains("is closing", error.Message, StringComparison.Ordinal);
            Assert.Equal(0, file.Position);
            Assert.Empty(await ReceivedAsync(ends));
        });

    /// <summary>CPython: SendfileMixin.test_sendfile_force_unsupported_native,
    /// test_sendfile_no_fallback_for_fallback_transport.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_WithoutFallback_WorksOnlyWhereTheSystemSends(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            EventLoop loop = EventLoop.Running;
            using var memory = new MemoryStream(Data);
            await Assert.ThrowsAsync<SendfileNotAvailableException>(
                () => loop.Sendfile(ends.Transport, memory, fallback: false).AsTask());
            LoopTask<long> task = Aio.CreateTask(loop.Sendfile(ends.Transport, file, fallback: false));
            await Aio.Wait([task]);
            if (tls || backend == PollerBackend.Portable)
            {
                Assert.Contains(
                    "fallback is disabled",
                    Assert.IsType<SendfileNotAvailableException>(task.Exception).Message,
                    StringComparison.Ordinal);
                Assert.Equal(0, file.Position);
                Assert.Empty(await ReceivedAsync(ends));
            }
            else
            {
                Assert.Equal(Data.Length, task.Result);
                Assert.Equal(Data, await ReceivedAsync(ends));
            }
        });

    /// <summary>CPython: SendfileMixin.test_sendfile_prevents_bare_write.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Sendfile_WriteMeanwhile_IsRefused(PollerBackend backend)
    {
        Assert.SkipWhen(backend == PollerBackend.Portable, "There the file is read and written, as asyncio's fallback does.");
        Run(backend, tls: false, async (ends, file) =>
        {
            EventLoop loop = EventLoop.Running;
            LoopTask<long> task = Aio.CreateTask(loop.Sendfile(ends.Transport, file));
            await Aio.Yield();
            InvalidOperationException error =
                Assert.Throws<InvalidOperationException>(() => ends.Transport.Write("x"u8));
            Assert.Contains("sendfile is in progress", error.Message, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(() => ends.Transport.WriteLines(["x"u8.ToArray()]));
            Assert.Throws<InvalidOperationException>(ends.Transport.WriteEof);
            await Assert.ThrowsAsync<InvalidOperationException>(() => loop.Sendfile(ends.Transport, file).AsTask());
            Assert.Equal(Data.Length, await task);
            Assert.Equal(Data, await ReceivedAsync(ends));
        });
    }

    /// <summary>CPython: SendfileMixin.test_sendfile_not_supported. There the transport is of datagrams, which here is no
    /// <c>Transport</c>.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Sendfile_ThroughAPipe_IsNotSupported(PollerBackend backend) => Run(backend, async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes take Linux.");
        (Transport transport, RecordingProtocol protocol, FileStream reader) = await PipeTest.OpenWritePipe();
        using var memory = new MemoryStream([1]);
        await Assert.ThrowsAsync<NotSupportedException>(
            () => EventLoop.Running.Sendfile(transport, memory).AsTask());
        Assert.Equal(0, memory.Position);
        transport.Close();
        await Until(() => protocol.IsLost);
        reader.Dispose();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Sendfile_BadArguments_Throws(PollerBackend backend) => Run(backend, tls: false, async (ends, file) =>
    {
        EventLoop loop = EventLoop.Running;
        Transport transport = ends.Transport;
        Assert.Throws<ArgumentOutOfRangeException>(() => loop.Sendfile(transport, file, offset: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => loop.Sendfile(transport, file, count: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => loop.Sendfile(transport, file, count: -1));
        Assert.Throws<ArgumentNullException>(() => loop.Sendfile(null!, file));
        Assert.Throws<ArgumentNullException>(() => loop.Sendfile(transport, (Stream)null!));
        SafeFileHandle closed = File.OpenHandle(file.Name);
        closed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => loop.Sendfile(transport, closed));
        Assert.Empty(await ReceivedAsync(ends));
    });

    /// <summary>The system refused the file, and the connection was reset with the input that was to come.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Sendfile_AfterWriteEof_IsRefusedAndTheInputGoesOn(PollerBackend backend) => Run(
        backend,
        tls: false,
        async (ends, file) =>
        {
            ends.Transport.WriteEof();
            await Assert.ThrowsAsync<InvalidOperationException>(
                () => EventLoop.Running.Sendfile(ends.Transport, file).AsTask());
            ends.Server.Transport.Write("answer"u8);
            await Until(() => ends.Client.Received.Length == 6);
            ends.Server.Transport.Close();
        },
        new RecordingProtocol { KeepOpen = true });

    /// <summary>The second one made its pieces go out between those of the first, and left the connection without its
    /// protocol.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_FallbackIsUnderWay_IsRefused(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            EventLoop loop = EventLoop.Running;
            using var memory = new MemoryStream(Data);
            LoopTask<long> first = Aio.CreateTask(loop.Sendfile(ends.Transport, memory));
            await Until(() => memory.Position > 0);
            InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
                () => loop.Sendfile(ends.Transport, file).AsTask());
            Assert.Contains("sendfile is in progress", error.Message, StringComparison.Ordinal);
            Assert.Equal(Data.Length, await first);
            Assert.Same(ends.Client, ends.Transport.Protocol);
            Assert.Equal(Data, await ReceivedAsync(ends));
        });

    /// <summary>The end of the fallback gave the connection back to the protocol that it had at its beginning.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_FallbackAndAnotherProtocolMeanwhile_LeavesThatInPlace(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, _) =>
        {
            using var memory = new MemoryStream(Data, 0, 10);
            LoopTask<long> task = Aio.CreateTask(EventLoop.Running.Sendfile(ends.Transport, memory));
            await Until(() => memory.Position > 0);
            var other = new RecordingProtocol();
            ends.Transport.Protocol = other;
            await task;
            Assert.Same(other, ends.Transport.Protocol);
            Assert.True(ends.Transport.IsReading);
            ends.Transport.Protocol = ends.Client;
            Assert.Equal(Data[..10], await ReceivedAsync(ends));
        });
}
