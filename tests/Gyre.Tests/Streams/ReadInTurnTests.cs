using System.Security.Cryptography;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

/// <summary>A read that waits receives into its own memory and goes on in the turn of the input. What must hold all
/// the same.</summary>
public class ReadInTurnTests : NetworkTest
{
    /// <summary>On cancel: nothing is removed. Guarantee G-139.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_CancelledAtAnyMoment_LosesNothing(PollerBackend backend) => Run(backend, () => CancelReads(
        seed: 11,
        40_000,
        async Coroutine<int?> (connection, buffer, wait) =>
        {
            LoopTask<int> reading = Aio.CreateTask(connection.Reader.ReadAsync(buffer.AsMemory()));
            await wait(() => reading.IsDone);
            reading.Cancel();
            await Aio.Wait([reading]);
            return reading.IsCancelled ? null : reading.Result;
        }));

    /// <summary>On cancel: nothing is removed, whoever cancels. The calls come from the loop's thread and from
    /// others.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StreamRead_CancelledAtAnyMoment_LosesNothing(PollerBackend backend)
    {
        var random = new Random(13);
        Stream? stream = null;
        Run(backend, () => CancelReads(
            seed: 12,
            20_000,
            async Coroutine<int?> (connection, buffer, wait) =>
            {
                stream ??= connection.AsStream();
                using var source = new CancellationTokenSource();
                Task<int> reading = random.Next(2) == 0
                    ? stream.ReadAsync(buffer, source.Token).AsTask()
                    : Task.Run(() => stream.ReadAsync(buffer, source.Token).AsTask());
                await wait(() => reading.IsCompleted);
                source.Cancel();
                try
                {
                    return await reading;
                }
                catch (OperationCanceledException)
                {
                    return null;
                }
            }));
    }

    /// <summary>Reads what the other end writes meanwhile, and cancels the reads at random moments.</summary>
    /// <param name="seed">Of the moments and pieces.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="read">Reads once, and cancels after what it is given has waited. Null when it was cancelled.</param>
    private static async Coroutine CancelReads(
        int seed, int length, Func<StreamPair.ServerEnd, byte[], Func<Func<bool>, Coroutine>, Coroutine<int?>> read)
    {
        var random = new Random(seed);
        await using var pair = await StreamPair.OpenAsync();
        byte[] sent = RandomNumberGenerator.GetBytes(length);
        LoopTask writing = Aio.CreateTask(Write());
        var received = new List<byte>();
        byte[] buffer = new byte[700];
        int cancelled = 0;
        while (received.Count < length)
        {
            if (await read(pair.Server, buffer, WaitAWhile) is { } count)
            {
                received.AddRange(buffer.AsSpan(0, count));
            }
            else
            {
                cancelled++;
            }
        }

        await writing;
        Assert.Equal(sent, received);
        Assert.True(cancelled > 0, "Some reads were meant to be cancelled.");

        async Coroutine WaitAWhile(Func<bool> isOver)
        {
            for (int turns = random.Next(4); turns > 0 && !isOver(); turns--)
            {
                await Aio.Yield();
            }
        }

        async Coroutine Write()
        {
            for (int i = 0; i < length;)
            {
                // Less than is read at a time: the reads have to wait, and input comes in the turn of a cancellation.
                int count = Math.Min(length - i, 1 + random.Next(60));
                pair.Client.Writer.Write(sent.AsSpan(i, count));
                i += count;
                for (int turns = random.Next(4); turns > 0; turns--)
                {
                    await Aio.Yield();
                }
            }
        }
    }

    /// <summary>Guarantee G-102.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Reads_OfAllKindsMixed_GetTheBytesInOrder(PollerBackend backend) => Run(backend, async () =>
    {
        const int Length = 2_000_000;
        var random = new Random(5);
        await using var pair = await StreamPair.OpenAsync();
        byte[] sent = RandomNumberGenerator.GetBytes(Length);
        LoopTask writing = Aio.CreateTask(Write());
        var received = new MemoryStream();
        byte[] buffer = new byte[20_000];
        LoopStreamReader reader = pair.Server.Reader;
        while (received.Length < Length)
        {
            int wanted = (int)Math.Min(1 + random.Next(buffer.Length), Length - received.Length);
            switch (random.Next(4))
            {
                case 0:
                    received.Write(buffer, 0, await reader.ReadAsync(buffer.AsMemory(0, wanted)));
                    break;
                case 1:
                    received.Write(await reader.ReadAsync(wanted));
                    break;
                case 2:
                    received.Write(await reader.ReadExactlyAsync(wanted));
                    break;
                default:
                    await Aio.Yield();
                    break;
            }
        }

        await writing;
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received.ToArray()));

        async Coroutine Write()
        {
            for (int i = 0; i < Length;)
            {
                int count = Math.Min(Length - i, 1 + random.Next(30_000));
                pair.Client.Writer.Write(sent.AsSpan(i, count));
                i += count;
                await pair.Client.Writer.DrainAsync();
                await Aio.Yield();
            }
        }
    });

    /// <summary>Reads that wait leave their memory alone, so all connections of a loop may share it. Guarantee
    /// G-138.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Reads_OfManyConnectionsIntoOneBuffer_DoNotMix(PollerBackend backend) => Run(backend, async () =>
    {
        byte[] shared = new byte[5_000];
        await using Server server = await Aio.StartServer(Serve, "127.0.0.1", 0);
        await Aio.TaskGroup(async group =>
        {
            for (int i = 0; i < 20; i++)
            {
                _ = group.CreateTask(Talk(i));
            }
        });

        async Coroutine Serve(LoopStreamReader reader, LoopStreamWriter writer)
        {
            int turn = 0;
            while (await Read(reader, turn++) is var count and > 0)
            {
                writer.Write(shared.AsSpan(0, count));
                await writer.DrainAsync();
                if (turn % 5 == 0)
                {
                    // Input comes while nobody waits for it.
                    await Aio.Yield();
                }
            }

            writer.Close();
        }

        async Coroutine<int> Read(LoopStreamReader reader, int turn)
        {
            switch (turn % 3)
            {
                case 0:
                    return await reader.ReadAsync(shared.AsMemory());
                case 1:
                    return await Aio.WaitFor(reader.ReadAsync(shared.AsMemory()), TimeSpan.FromMinutes(1));
                default:
                    int count = await reader.ReadAsync(shared.AsMemory(0, 1));
                    if (count == 0)
                    {
                        return 0;
                    }

                    // The next await: what was got before is kept elsewhere.
                    byte first = shared[0];
                    int rest = Math.Min(reader.BufferedCount, 100);
                    await reader.ReadExactlyAsync(shared.AsMemory(1, rest));
                    shared[0] = first;
                    return 1 + rest;
            }
        }

        async Coroutine Talk(int seed)
        {
            var random = new Random(seed);
            await using Connection connection = await Aio.OpenConnection("127.0.0.1", PortOf(server));
            for (int i = 0; i < 50; i++)
            {
                byte[] message = new byte[1 + random.Next(12_000)];
                random.NextBytes(message);
                connection.Writer.Write(message.AsSpan());
                Assert.Equal(message, await connection.Reader.ReadExactlyAsync(message.Length));
            }
        }
    });

    /// <summary>Nor does a turn end between the fill and the caller's next line. Guarantee G-138.</summary>
    [Fact]
    public void Reads_WhenTheBudgetOfATurnIsSpent_DoNotMixInASharedBuffer()
    {
        using var loop = new EventLoop(new EventLoopOptions { StepBudget = 10 });
        loop.RunUntilComplete(Main());

        static async Coroutine Main()
        {
            const int Length = 1_000;
            byte[] shared = new byte[1];
            int turns = 0;
            int seen = 0;
            await Aio.Gather(Read(1), Read(2), Count());
            Assert.True(seen > 20, "The readers were meant to give way to each other.");

            async Coroutine Read(byte content)
            {
                var reader = new LoopStreamReader();
                byte[] data = new byte[Length];
                data.AsSpan().Fill(content);
                reader.FeedData(data);
                for (int i = 0; i < Length; i++)
                {
                    Assert.Equal(1, await reader.ReadAsync(shared.AsMemory()));
                    Assert.Equal(content, shared[0]);
                    await Nothing();
                }

                seen = turns;
            }

            async Coroutine Count()
            {
                for (; turns < 100; turns++)
                {
                    await Aio.Yield();
                }
            }

            static async Coroutine Nothing() => await default(Coroutine);
        }
    }

    /// <summary>The coroutine closes and ends inside the turn of its own input.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_ThenCloseAtOnce_EndsTheConnection(PollerBackend backend) => Run(backend, async () =>
    {
        await using Server server = await Aio.StartServer(AnswerAndClose, "127.0.0.1", 0);
        for (int i = 0; i < 20; i++)
        {
            await using Connection connection = await Aio.OpenConnection("127.0.0.1", PortOf(server));
            connection.Writer.Write("ping"u8);
            Assert.Equal("ping"u8.ToArray(), await connection.Reader.ReadToEndAsync());
        }

        static async Coroutine AnswerAndClose(LoopStreamReader reader, LoopStreamWriter writer)
        {
            byte[] buffer = new byte[100];
            int count = await reader.ReadAsync(buffer.AsMemory());
            writer.Write(buffer.AsSpan(0, count));
            writer.Close();
        }
    });

    /// <summary>An error of the code that goes on in the turn is that code's, and not the transport's.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_ThenThrow_FailsTheTaskOnly(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        LoopTask reading = Aio.CreateTask(ReadAndThrow());
        await Aio.Yield();
        pair.Client.Writer.Write("a"u8);
        await Assert.ThrowsAsync<FormatException>(() => reading.AsTask());
        pair.Client.Writer.Write("b"u8);
        Assert.Equal("b"u8.ToArray(), await pair.Server.Reader.ReadAsync(10));

        async Coroutine ReadAndThrow()
        {
            await pair.Server.Reader.ReadAsync(new byte[10].AsMemory());
            throw new FormatException();
        }
    });

    /// <summary>Two reads at once are a mistake, and the first is not harmed.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_WhileAnotherWaits_IsRefused(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        byte[] buffer = new byte[10];
        LoopTask<int> first = Aio.CreateTask(pair.Server.Reader.ReadAsync(buffer.AsMemory()));
        await Aio.Yield();
        LoopTask<int> second = Aio.CreateTask(pair.Server.Reader.ReadAsync(new byte[10].AsMemory()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => second.AsTask());
        pair.Client.Writer.Write("abc"u8);
        Assert.Equal(3, await first);
        Assert.Equal("abc"u8.ToArray(), buffer.AsSpan(0, 3).ToArray());
        Assert.Equal(0, pair.Server.Reader.BufferedCount);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CallGraph_OfAWaitingRead_NamesTheRead(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        LoopTask<int> reading = Aio.CreateTask(pair.Server.Reader.ReadAsync(new byte[10].AsMemory()));
        await Aio.Yield();
        FrameCallGraphEntry frame = Assert.Single(Aio.CaptureCallGraph(reading)!.CallStack);
        Assert.Equal("async LoopStreamReader.ReadAsync()", frame.ToString());
        reading.Cancel();
        await Aio.Wait([reading]);
    });
}
