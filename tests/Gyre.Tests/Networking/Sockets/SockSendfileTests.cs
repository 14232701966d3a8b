using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>Files through plain sockets.</summary>
public sealed class SockSendfileTests : NetworkTest, IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly byte[] _data = new byte[160 * 1024];

    public SockSendfileTests() => Random.Shared.NextBytes(_data);

    public void Dispose() => _folder.Dispose();

    /// <summary>CPython: SockSendfileMixin.test_sock_sendfile_success.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendfile_File_ArrivesWhole(PollerBackend backend) => Run(backend, async () =>
    {
        using FileStream file = OpenData();
        file.Position = 77;
        (long sent, byte[] received) = await SendAsync(socket => Loop.SockSendfileAsync(socket, file));
        Assert.Equal(_data.Length, sent);
        Assert.Equal(_data, received);
        Assert.Equal(_data.Length, file.Position);
    });

    /// <summary>CPython: SockSendfileMixin.test_sock_sendfile_with_offset_and_count;
    /// BaseLoopSockSendfileTests.test_sock_sendfile_fallback_offset_and_count.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendfile_OffsetAndCount_SendsThatPart(PollerBackend backend) => Run(backend, async () =>
    {
        using FileStream file = OpenData();
        using var memory = new MemoryStream(_data);
        foreach (Stream stream in (Stream[])[file, memory])
        {
            (long sent, byte[] received) = await SendAsync(
                socket => Loop.SockSendfileAsync(socket, stream, offset: 1000, count: 2000));
            Assert.Equal(2000, sent);
            Assert.Equal(_data[1000..3000], received);
            Assert.Equal(3000, stream.Position);
        }
    });

    /// <summary>CPython: SockSendfileMixin.test_sock_sendfile_zero_size.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendfile_EmptyFile_SendsNothing(PollerBackend backend) => Run(backend, async () =>
    {
        using FileStream file = File.Create(_folder["empty"]);
        (long sent, byte[] received) = await SendAsync(socket => Loop.SockSendfileAsync(socket, file));
        Assert.Equal(0, sent);
        Assert.Empty(received);
        Assert.Equal(0, file.Position);
    });

    /// <summary>CPython: SockSendfileMixin.test_sock_sendfile_offset.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendfile_Offset_SendsTheRest(PollerBackend backend) => Run(backend, async () =>
    {
        using FileStream file = OpenData();
        using var memory = new MemoryStream(_data);
        foreach (Stream stream in (Stream[])[file, memory])
        {
            foreach (int offset in (int[])[0, _data.Length / 2, _data.Length])
            {
                (long sent, byte[] received) =
                    await SendAsync(socket => Loop.SockSendfileAsync(socket, stream, offset));
                Assert.Equal(_data.Length - offset, sent);
                Assert.Equal(_data[offset..], received);
                Assert.Equal(_data.Length, stream.Position);
            }
        }
    });

    /// <summary>CPython: SockSendfileMixin.test_sock_sendfile_mix_with_regular_send.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendfile_BetweenSends_KeepsTheOrder(PollerBackend backend) => Run(backend, async () =>
    {
        using FileStream file = OpenData();
        byte[] other = new byte[64 * 1024];
        Random.Shared.NextBytes(other);
        (long sent, byte[] received) = await SendAsync(async socket =>
        {
            await Loop.SockSendAllAsync(socket, other);
            long count = await Loop.SockSendfileAsync(socket, file);
            await Loop.SockSendAllAsync(socket, other);
            return count;
        });
        Assert.Equal(_data.Length, sent);
        Assert.Equal([.. other, .. _data, .. other], received);
    });

    /// <summary>CPython: BaseLoopSockSendfileTests.test_sock_sendfile_fallback.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendfile_NoFile_IsReadAndSent(PollerBackend backend) => Run(backend, async () =>
    {
        using var memory = new MemoryStream(_data);
        (long sent, byte[] received) = await SendAsync(socket => Loop.SockSendfileAsync(socket, memory));
        Assert.Equal(_data.Length, sent);
        Assert.Equal(_data, received);
        Assert.Equal(_data.Length, memory.Position);
    });

    /// <summary>CPython: BaseLoopSockSendfileTests.test__sock_sendfile_native_failure, test_sock_sendfile_no_fallback;
    /// SelectorEventLoopUnixSockSendfileTests.test_sock_sendfile_iobuffer.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendfile_NoFileAndNoFallback_SendsNothing(PollerBackend backend) => Run(backend, async () =>
    {
        using var memory = new MemoryStream(_data);
        using var pair = new SocketPair();
        SendfileNotAvailableException error = await Assert.ThrowsAsync<SendfileNotAvailableException>(
            () => Loop.SockSendfileAsync(pair.First, memory, fallback: false).AsTask());
        Assert.Contains("fallback", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, memory.Position);
        pair.First.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Loop.SockRecvAsync(pair.Second, 10));
    });

    /// <summary>CPython: SelectorEventLoopUnixSockSendfileTests.test_sock_sendfile_cancel1, test_sock_sendfile_cancel2,
    /// test_sock_sendfile_blocking_error.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendfile_CancelledWhileFull_TheWatchEndsAndThePositionTells(PollerBackend backend) =>
        Run(backend, async () =>
        {
            // Larger than what the two ends' buffers ever take: it is never sent whole while nobody reads.
            string path = _folder["larger"];
            using (FileStream made = File.Create(path))
            {
                made.SetLength(64 * 1024 * 1024);
            }

            using FileStream file = File.OpenRead(path);
            using var pair = new SocketPair();
            LoopTask<long> sending = Aio.CreateTask(Loop.SockSendfileAsync(pair.First, file));
            await Aio.Sleep(1.Milliseconds());
            Assert.False(sending.IsDone);
            sending.Cancel();
            await Aio.Wait([sending]);
            Assert.True(sending.IsCancelled);
            Assert.False(Loop.RemoveWriter(pair.First));
            pair.First.Shutdown(SocketShutdown.Send);
            long received = 0;
            byte[] buffer = new byte[100_000];
            while (await Loop.SockRecvIntoAsync(pair.Second, buffer) is var count and > 0)
            {
                received += count;
            }

            Assert.Equal(received, file.Position);
        });

    /// <summary>CPython: SelectorEventLoopUnixSockSendfileTests.test_sock_sendfile_os_error_next_call,
    /// test_sock_sendfile_exception.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendfile_ResetHalfWay_ThrowsAndThePositionTells(PollerBackend backend) => Run(backend, async () =>
    {
        string path = _folder["large"];
        await File.WriteAllBytesAsync(path, new byte[32 * 1024 * 1024]);
        using FileStream file = File.OpenRead(path);
        using var pair = new SocketPair();
        LoopTask<long> sending = Aio.CreateTask(Loop.SockSendfileAsync(pair.First, file));
        Assert.NotEmpty(await Loop.SockRecvAsync(pair.Second, 100_000));
        pair.Second.Close(timeout: 0);
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => sending.AsTask());
        Assert.Contains(error.SocketErrorCode, (SocketError[])[SocketError.ConnectionReset, SocketError.Shutdown]);
        Assert.InRange(file.Position, 1, file.Length - 1);
        Assert.False(Loop.RemoveWriter(pair.First));
    });

    /// <summary>CPython: BaseLoopSockSendfileTests.test_nonstream_socket, test_negative_count,
    /// test_negative_offset.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendfile_BadInput_IsRefused(PollerBackend backend) => Run(backend, async () =>
    {
        using FileStream file = OpenData();
        using var pair = new SocketPair();
        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await Assert.ThrowsAsync<ArgumentException>(() => Loop.SockSendfileAsync(udp, file).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => Loop.SockSendfileAsync(pair.First, null!).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Loop.SockSendfileAsync(pair.First, file, offset: -1).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Loop.SockSendfileAsync(pair.First, file, count: 0).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Loop.SockSendfileAsync(pair.First, file, count: -1).AsTask());
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            async () =>
            {
                using var unconnected = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await Loop.SockSendfileAsync(unconnected, file);
            });
        Assert.Contains(error.SocketErrorCode, (SocketError[])[SocketError.NotConnected, SocketError.Shutdown]);
    });

    private static EventLoop Loop => EventLoop.Running;

    /// <summary>Sends through a socket with small buffers, and receives everything meanwhile.</summary>
    private static async Coroutine<(long Sent, byte[] Received)> SendAsync(Func<Socket, Coroutine<long>> send)
    {
        using var pair = new SocketPair();
        pair.First.SendBufferSize = 4 * 1024;
        LoopTask<long> sending = Aio.CreateTask(SendAndEndAsync());
        using var received = new MemoryStream();
        while (await Loop.SockRecvAsync(pair.Second, 100_000) is { Length: > 0 } piece)
        {
            received.Write(piece);
        }

        return (await sending, received.ToArray());

        async Coroutine<long> SendAndEndAsync()
        {
            long sent = await send(pair.First);
            pair.First.Shutdown(SocketShutdown.Send);
            return sent;
        }
    }

    private FileStream OpenData()
    {
        string path = _folder["data"];
        File.WriteAllBytes(path, _data);
        return File.OpenRead(path);
    }
}
