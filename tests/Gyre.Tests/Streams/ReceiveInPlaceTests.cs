using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

/// <summary>Reads that wait have the poller receive into the memory where the bytes are wanted: nothing is
/// copied.</summary>
public class ReceiveInPlaceTests
{
    private const int MessageLength = 1000;

    public static TheoryData<PollerBackend> Backends => NetworkTest.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Reader_ReadThatWaits_IsReceivedIntoTheCallersMemory(PollerBackend backend) => RunReads(
        backend,
        static connection => memory =>
        {
            LoopTask<int> read = Aio.CreateTask(connection.Reader.ReadAsync(memory));
            return async () => await read;
        });

    [Theory]
    [MemberData(nameof(Backends))]
    public void AsStream_ReadThatWaits_IsReceivedIntoTheCallersMemory(PollerBackend backend) => RunReads(
        backend,
        static connection =>
        {
            Stream stream = connection.AsStream();
            return memory =>
            {
                ValueTask<int> read = stream.ReadAsync(memory);
                Assert.False(read.IsCompleted);
                return async () => await read;
            };
        });

    [Theory]
    [MemberData(nameof(Backends))]
    public void AsPipe_ReadThatWaits_IsReceivedIntoThePipesMemory(PollerBackend backend) => Run(
        backend,
        async (connection, next, filled) =>
        {
            PipeReader input = connection.AsPipe().Input;
            for (byte i = 1; i < 10; i++)
            {
                ValueTask<ReadResult> read = input.ReadAsync();
                Assert.False(read.IsCompleted);
                await next(i);
                ReadResult result = await read;
                Assert.Equal(MessageLength, result.Buffer.Length);
                Assert.True(MemoryMarshal.TryGetArray(result.Buffer.First, out ArraySegment<byte> segment));
                AssertIn(segment.Array!, segment.Offset, filled);
                Assert.Equal(i, segment[0]);
                input.AdvanceTo(result.Buffer.End);
            }
        });

    /// <summary>Reads that wait, one after another: each begins, a message comes, and it ends.</summary>
    private static void RunReads(
        PollerBackend backend, Func<Connection, Func<Memory<byte>, Func<Coroutine<int>>>> begin) => Run(
        backend,
        async (connection, next, filled) =>
        {
            byte[] memory = new byte[5000];
            Func<Memory<byte>, Func<Coroutine<int>>> beginRead = begin(connection);
            for (byte i = 1; i < 10; i++)
            {
                Func<Coroutine<int>> read = beginRead(memory.AsMemory(100, 4000));
                await next(i);
                Assert.Equal(MessageLength, await read());
                AssertIn(memory, 100, filled);
                Assert.Equal(i, memory[100]);
            }
        });

    /// <summary>One receive since the last look, into this place.</summary>
    private static void AssertIn(byte[] array, int offset, List<Memory<byte>> filled)
    {
        Assert.True(MemoryMarshal.TryGetArray(Assert.Single(filled), out ArraySegment<byte> place));
        Assert.True(place.Array == array, "The bytes were received elsewhere, and copied.");
        Assert.Equal((offset, MessageLength), (place.Offset, place.Count));
        filled.Clear();
    }

    /// <summary>Runs a body with the end of a connection that has connected; the other sends a message when
    /// asked.</summary>
    private static void Run(
        PollerBackend backend, Func<Connection, Func<byte, Coroutine>, List<Memory<byte>>, Coroutine> body)
    {
        var poller = new LendingPoller(Poller.Create(backend));
        Aio.Run(
            async () =>
            {
                await using StreamPair pair = await StreamPair.OpenAsync();
                await body(
                    pair.Client,
                    async number =>
                    {
                        // The read waits by then, and is not lent to a turn that has begun.
                        await Aio.Sleep(1.Milliseconds());
                        byte[] message = new byte[MessageLength];
                        message[0] = number;
                        pair.Server.Writer.Write(message);
                    },
                    poller.Filled);
            },
            new EventLoopOptions { Poller = poller });
    }
}
