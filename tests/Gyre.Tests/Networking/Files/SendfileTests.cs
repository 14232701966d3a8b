using System.Net.Sockets;
using Gyre.Polling;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Tests.Networking;

public class SendfileTests : SendfileTest
{
    /// <summary>CPython: SendfileMixin.test_sendfile, test_sendfile_force_fallback, test_sendfile_ssl. Guarantee
    /// G-175.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_WholeFile_ArrivesAndThePositionIsAtTheEnd(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            Assert.Equal(Data.Length, await EventLoop.Running.Sendfile(ends.Transport, file));
            Assert.Equal(Data, await ReceivedAsync(ends));
            Assert.Equal(Data.Length, file.Position);
        });

    /// <summary>CPython: SendfileMixin.test_sendfile_partial, test_sendfile_ssl_partial. Guarantee G-175.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_OffsetAndCount_SendsThatPiece(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            Assert.Equal(100, await EventLoop.Running.Sendfile(ends.Transport, file, 1000, 100));
            Assert.Equal(1100, file.Position);
            Assert.Equal(Data[1000..1100], await ReceivedAsync(ends));
        });

    /// <summary>CPython: SockSendfileMixin.test_sendfile_offset.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_OffsetToTheEnd_SendsTheRestWhateverThePositionWas(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            foreach (int offset in (int[])[Data.Length - 100_000, Data.Length])
            {
                file.Position = 123;
                Assert.Equal(Data.Length - offset, await EventLoop.Running.Sendfile(ends.Transport, file, offset));
                if (offset < Data.Length)
                {
                    Assert.Equal(Data.Length, file.Position);
                }
            }

            Assert.Equal(Data[^100_000..], await ReceivedAsync(ends));
        });

    /// <summary>A count that is larger than the file ends with the file.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_MoreThanTheFileHas_SendsWhatThereIs(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            Assert.Equal(10, await EventLoop.Running.Sendfile(ends.Transport, file, Data.Length - 10, 100));
            Assert.Equal(Data[^10..], await ReceivedAsync(ends));
        });

    /// <summary>CPython: SendfileMixin.test_sendfile_pre_and_post_data, test_sendfile_ssl_pre_and_post_data. Guarantee
    /// G-175.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_BetweenWrites_KeepsTheOrder(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            byte[] before = [.. Enumerable.Repeat((byte)'b', 80_000)];
            byte[] after = [.. Enumerable.Repeat((byte)'a', 8_000)];
            ends.Transport.Write(before);
            await EventLoop.Running.Sendfile(ends.Transport, file);
            ends.Transport.Write(after);
            Assert.Equal<byte[]>([.. before, .. Data, .. after], await ReceivedAsync(ends));
        });

    /// <summary>A handle has no position of its own that would move, and a stream that is no file is read.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_HandleAndStreamInMemory_AreSent(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            EventLoop loop = EventLoop.Running;
            using SafeFileHandle handle = File.OpenHandle(file.Name);
            Assert.Equal(100, await loop.Sendfile(ends.Transport, handle, 5, 100));
            using var memory = new MemoryStream(Data, 0, 1000);
            Assert.Equal(900, await loop.Sendfile(ends.Transport, memory, 100));
            Assert.Equal(1000, memory.Position);
            Assert.Equal<byte[]>([.. Data[5..105], .. Data[100..1000]], await ReceivedAsync(ends));
        });

    /// <summary>What is in the stream's buffer belongs to the file, too.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_BytesInTheStreamsBuffer_AreSent(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            using var directory = new TemporaryDirectory();
            await using FileStream written = File.Create(directory["new"]);
            written.Write("fresh"u8);
            Assert.Equal(5, await EventLoop.Running.Sendfile(ends.Transport, written));
            Assert.Equal("fresh"u8.ToArray(), await ReceivedAsync(ends));
        });

    /// <summary>CPython: SendfileMixin.test_sendfile_close_peer_after_receiving,
    /// test_sendfile_ssl_close_peer_after_receiving.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_PeerClosesAfterTheLastByte_Succeeds(PollerBackend backend, bool tls)
    {
        int received = 0;
        var server = new RecordingProtocol
        {
            OnData = (self, data) =>
            {
                received += data.Length;
                if (received == Data.Length)
                {
                    self.Transport.Close();
                }
            },
        };
        Run(
            backend,
            tls,
            async (ends, file) =>
            {
                Assert.Equal(Data.Length, await EventLoop.Running.Sendfile(ends.Transport, file));
                await Until(() => ends.Server.IsLost);
                Assert.Equal(Data, ends.Server.Received);
            },
            server);
    }

    /// <summary>CPython: SendfileMixin.test_sendfile_close_peer_in_the_middle_of_receiving,
    /// test_sendfile_fallback_close_peer_in_the_middle_of_receiving. Guarantee G-176.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_PeerClosesInTheMiddle_FailsAndTellsHowMuchWasSent(PollerBackend backend, bool tls) =>
        Run(
            backend,
            tls,
            async (ends, file) =>
            {
                Exception error = await Assert.ThrowsAnyAsync<Exception>(
                    () => EventLoop.Running.Sendfile(ends.Transport, file).AsTask());
                Assert.True(error is SocketException or IOException, error.ToString());
                Assert.InRange(file.Position, 1024, Data.Length - 1);
                Assert.True(ends.Transport.IsClosing);
                await Until(() => ends.Server.IsLost && ends.Client.IsLost);
                Assert.InRange(ends.Server.Received.Length, 1024, Data.Length - 1);
            },
            new RecordingProtocol { OnData = static (self, _) => CloseAfter(self, 1024) });

    /// <summary>This side closes the connection. Guarantee G-176.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_ConnectionIsAbortedMeanwhile_Fails(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            ends.Server.Transport.PauseReading();
            LoopTask<long> task = Aio.CreateTask(EventLoop.Running.Sendfile(ends.Transport, file));
            await Aio.Sleep(5.Milliseconds());
            Assert.False(task.IsDone);
            ends.Transport.Abort();
            SocketException error = await Assert.ThrowsAsync<SocketException>(() => task.AsTask());
            Assert.Equal(SocketError.ConnectionAborted, error.SocketErrorCode);
            ends.Server.Transport.Abort();
        });

    /// <summary>The fallback hears of the pause. When it ends early, the protocol is told, and then of its end.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_FallbackIsCancelledWhileOutputWaits_ProtocolIsPausedAndResumed(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, _) =>
        {
            using var memory = new MemoryStream(Data);
            ends.Server.Transport.PauseReading();
            LoopTask<long> task = Aio.CreateTask(EventLoop.Running.Sendfile(ends.Transport, memory));

            // Until nothing moves any more: the buffers on the way are full.
            long last = 0;
            int still = 0;
            await Until(() =>
            {
                long size = ends.Transport.WriteBufferSize;
                still = size == last && ends.Transport.IsWritingPaused ? still + 1 : 0;
                last = size;
                return still == 20;
            });
            Assert.DoesNotContain("pause", ends.Client.Calls);
            task.Cancel();
            await Aio.Wait([task]);
            Assert.Contains("pause", ends.Client.Calls);
            ends.Server.Transport.ResumeReading();
            await Until(() => ends.Client.Calls[^1] == "resume");
        });

    /// <summary>Guarantee G-176.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_Cancelled_ConnectionGoesOnBehindWhatWasSent(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, file) =>
        {
            ends.Server.Transport.PauseReading();
            LoopTask<long> task = Aio.CreateTask(EventLoop.Running.Sendfile(ends.Transport, file));
            await Aio.Sleep(5.Milliseconds());

            // Where the file is read on a thread, that may take its time.
            bool isWritten = tls || backend == PollerBackend.Portable;
            await Until(() => !isWritten || ends.Transport.WriteBufferSize > 0);
            Assert.False(task.IsDone);
            Assert.False(ends.Transport.IsReading);
            task.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.AsTask());
            int sent = (int)file.Position;
            Assert.InRange(sent, 1, Data.Length - 1);
            Assert.True(ends.Transport.IsReading);
            ends.Transport.Write("end"u8);
            ends.Server.Transport.ResumeReading();
            Assert.Equal<byte[]>([.. Data[..sent], .. "end"u8], await ReceivedAsync(ends));
        });

    /// <summary>The thread that reads moves the position of a stream that is no file: only behind that does a cancelled send
    /// set it. Guarantee G-176.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_CancelledWhileAStreamIsRead_EndsBehindTheRead(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, _) =>
        {
            foreach (bool byScope in (bool[])[false, true])
            {
                using var stream = new GatedStream(Data);
                Action cancel = () => { };
                LoopTask sending = Aio.CreateTask(Aio.CancelScope(async scope =>
                {
                    cancel = () => scope.Cancel();
                    await EventLoop.Running.Sendfile(ends.Transport, stream);
                }));
                await Until(() => stream.IsInGate);
                for (int i = 0; i < 3; i++)
                {
                    if (byScope)
                    {
                        cancel();
                    }
                    else
                    {
                        sending.Cancel();
                    }

                    await Aio.Yield();
                    await Aio.Yield();
                    Assert.False(sending.IsDone);
                }

                stream.Open();
                await Aio.Wait([sending]);
                Assert.Equal(byScope, !sending.IsCancelled);
                Assert.Equal(GatedStream.FreeBytes, stream.Position);
            }
        });

    /// <summary>Where the thread has not begun to read, nothing is waited for. Guarantee G-176.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndTls))]
    public void Sendfile_CancelledBeforeAStreamIsRead_EndsAtOnceAndReadsNothing(PollerBackend backend, bool tls) =>
        Run(backend, tls, async (ends, _) =>
        {
            EventLoop loop = EventLoop.Running;
            loop.DefaultExecutor = new ThreadPoolExecutor(maxWorkers: 1);
            using var gate = new ManualResetEventSlim();
            using var stream = new MemoryStream(Data) { Position = 7 };
            Future busy = loop.RunInExecutor(null, gate.Wait);
            LoopTask<long> sending = Aio.CreateTask(loop.Sendfile(ends.Transport, stream, offset: 3));
            await Aio.Yield();
            sending.Cancel();
            await Aio.Wait([sending]);
            Assert.True(sending.IsCancelled);
            gate.Set();
            await busy;
            Assert.Equal(3, stream.Position);
        });

    private static void CloseAfter(RecordingProtocol protocol, int count)
    {
        if (protocol.Received.Length >= count)
        {
            protocol.Transport.Close();
        }
    }

    /// <summary>A stream in memory. A read behind the first bytes waits at a gate.</summary>
    private sealed class GatedStream(byte[] data) : MemoryStream(data)
    {
        public const int FreeBytes = 1000;

        private readonly ManualResetEventSlim _gate = new();
        private int _isInGate;

        public bool IsInGate => Volatile.Read(ref _isInGate) != 0;

        public void Open() => _gate.Set();

        public override int Read(Span<byte> buffer)
        {
            if (Position < FreeBytes)
            {
                return base.Read(buffer[..FreeBytes]);
            }

            Volatile.Write(ref _isInGate, 1);
            _gate.Wait();
            return base.Read(buffer);
        }

        protected override void Dispose(bool disposing)
        {
            // The thread, too, where the test has failed.
            Open();
            base.Dispose(disposing);
        }
    }
}
