using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

public partial class StreamConnectionTests : NetworkTest
{
    public static TheoryData<PollerBackend, int> BackendsAndSizes { get; } =
    [
        .. from row in Backends
           from size in new[] { 1, 2, 4_095, 4_096, 65_536, 1_048_576, 20_000_000 }
           select new TheoryDataRow<PollerBackend, int>(row.Data, size),
    ];

    /// <summary>CPython: StreamTests.test_open_connection, test_start_server. Guarantee G-102.</summary>
    [Theory]
    [MemberData(nameof(BackendsAndSizes))]
    public void Echo_AnySize_ComesBackUnchanged(PollerBackend backend, int size) => Run(backend, async () =>
    {
        Server server = await Aio.StartServer(Echo, "127.0.0.1", 0);
        byte[] sent = RandomNumberGenerator.GetBytes(size);
        await using Connection connection = await Aio.OpenConnection("127.0.0.1", PortOf(server));
        LoopTask sending = Aio.CreateTask(Send(connection.Writer, sent));
        byte[] received = await connection.Reader.ReadToEndAsync();
        await sending;
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
        server.Close();

        static async Coroutine Send(LoopStreamWriter writer, byte[] data)
        {
            writer.Write(data);
            await writer.DrainAsync();
            writer.WriteEof();
        }
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Drain_SlowReaderAndSmallBuffers_KeepsToTheHighWaterMark(PollerBackend backend) => Run(backend, async () =>
    {
        const int Chunk = 60_000;
        const int Chunks = 200;
        await using var pair = await StreamPair.OpenAsync(limit: 4_096);
        pair.Client.Transport.Socket!.SendBufferSize = 4_096;
        byte[] sent = RandomNumberGenerator.GetBytes(Chunk * Chunks);
        long most = 0;
        LoopTask writing = Aio.CreateTask(Write());
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(7);
        byte[] buffer = new byte[9_000];
        int count;
        while ((count = await pair.Server.Reader.ReadAsync(buffer.AsMemory(0, random.Next(1, buffer.Length)))) > 0)
        {
            hash.AppendData(buffer, 0, count);
            if (random.Next(50) == 0)
            {
                await Aio.Sleep(1.Milliseconds());
            }
        }

        await writing;
        Assert.Equal(SHA256.HashData(sent), hash.GetHashAndReset());
        Assert.InRange(most, 1, (64 * 1024) + Chunk);

        async Coroutine Write()
        {
            for (int i = 0; i < Chunks; i++)
            {
                pair.Client.Writer.Write(sent.AsSpan(i * Chunk, Chunk));
                most = Math.Max(most, pair.Client.Transport.WriteBufferSize);
                await pair.Client.Writer.DrainAsync();
            }

            pair.Client.Writer.WriteEof();
        }
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Reader_NobodyReads_StopsReceiving(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync(limit: 10_000);
        LoopStreamReader reader = pair.Server.Reader;
        pair.Client.Writer.Write(new byte[20_000_000]);
        await Until(() => reader.BufferedCount > 20_000);
        Assert.False(pair.Server.Writer.Transport.IsReading);
        int held = reader.BufferedCount;
        await Aio.Sleep(20.Milliseconds());
        Assert.Equal(held, reader.BufferedCount);

        // It goes on when the limit is reached from above, and not before.
        await reader.ReadExactlyAsync(held - 10_001);
        Assert.False(pair.Server.Writer.Transport.IsReading);
        await reader.ReadExactlyAsync(1);
        Assert.True(pair.Server.Writer.Transport.IsReading);
        await reader.ReadExactlyAsync(20_000_000 - held + 10_000);
    });

    /// <summary>CPython: StreamTests.test_async_writer_api,
    /// SelectorSocketTransportTests.test_write_eof.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WriteEof_EachDirection_LeavesTheOtherOpen(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Assert.True(pair.Client.Writer.CanWriteEof);
        pair.Client.Writer.WriteText("question");
        pair.Client.Writer.WriteEof();
        Assert.Equal("question", Encoding.UTF8.GetString(await pair.Server.Reader.ReadToEndAsync()));
        Assert.True(pair.Server.Reader.AtEof);
        pair.Server.Writer.WriteText("answer");
        await pair.Server.Writer.DrainAsync();
        pair.Server.Writer.WriteEof();
        Assert.Equal("answer", Encoding.UTF8.GetString(await pair.Client.Reader.ReadToEndAsync()));
        Assert.False(pair.Client.Writer.IsClosing);
        pair.Client.Writer.Close();
        await pair.Client.Writer.WaitClosedAsync();
    });

    /// <summary>CPython: StreamTests.test_eof_feed_when_closing_writer.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_WhileOneReads_EndsTheRead(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        LoopTask<byte[]> read = Aio.CreateTask(pair.Client.Reader.ReadAsync(10));
        await Aio.Yield();
        pair.Client.Writer.Close();
        Assert.Empty(await read);
        await pair.Client.Writer.WaitClosedAsync();
        Assert.Empty(await pair.Server.Reader.ReadToEndAsync());
    });

    /// <summary>CPython: StreamTests.test_async_writer_api_exception_after_close.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Drain_ClosedConnection_Fails(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        LoopStreamWriter writer = pair.Client.Writer;
        writer.Close();
        writer.WriteText("dropped, and nothing is reported");
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => writer.DrainAsync().AsTask());
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        await writer.WaitClosedAsync();
    });

    /// <summary>CPython: StreamTests.test_open_connection_error, test_open_unix_connection_error,
    /// SelectorSocketTransportTests.test_read_ready_conn_reset.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Reset_WhileReading_ReachesTheReaderAndEverybodyElse(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        LoopTask<byte[]> read = Aio.CreateTask(pair.Client.Reader.ReadLineAsync());
        LoopTask closed = Aio.CreateTask(pair.Client.Writer.WaitClosedAsync());
        await Aio.Yield();
        pair.Server.Writer.Abort();
        await ExpectReset(() => read.AsTask());
        await ExpectReset(() => closed.AsTask());
        await ExpectReset(() => pair.Client.Reader.ReadAsync(1).AsTask());
        await ExpectReset(() => pair.Client.Writer.DrainAsync().AsTask());
        await ExpectReset(() => pair.Client.Writer.WaitClosedAsync().AsTask());
        await pair.Server.Writer.WaitClosedAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Reset_WhileDraining_ReachesEveryWaiter(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        pair.Server.Writer.Transport.PauseReading();
        pair.Client.Writer.Write(new byte[20_000_000]);
        LoopTask first = Aio.CreateTask(pair.Client.Writer.DrainAsync());
        LoopTask second = Aio.CreateTask(pair.Client.Writer.DrainAsync());
        LoopTask third = Aio.CreateTask(pair.Client.Writer.DrainAsync());
        await Aio.Sleep(1.Milliseconds());
        Assert.False(first.IsDone || second.IsDone || third.IsDone);
        third.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third.AsTask());
        pair.Server.Writer.Abort();
        await Assert.ThrowsAsync<SocketException>(() => first.AsTask());
        await Assert.ThrowsAsync<SocketException>(() => second.AsTask());
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Drain_Cancelled_WhatWasWrittenArrives(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        pair.Client.Writer.Write(new byte[20_000_000]);
        LoopTask drain = Aio.CreateTask(pair.Client.Writer.DrainAsync());
        await Aio.Yield();
        await Aio.Yield();
        drain.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drain.AsTask());
        pair.Client.Writer.Close();
        Assert.Equal(20_000_000, (await pair.Server.Reader.ReadToEndAsync()).Length);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void WaitClosed_Cancelled_TheConnectionGoesOn(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        LoopTask waiting = Aio.CreateTask(pair.Client.Writer.WaitClosedAsync());
        LoopTask other = Aio.CreateTask(pair.Client.Writer.WaitClosedAsync());
        await Aio.Yield();
        waiting.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.AsTask());
        Assert.False(other.IsDone);
        pair.Client.Writer.WriteText("x");
        Assert.Equal("x", Encoding.UTF8.GetString(await pair.Server.Reader.ReadAsync(10)));
        pair.Client.Writer.Close();
        await other;
    });
}
