using System.Net.Sockets;
using System.Security.Cryptography;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

/// <summary>One direction of a relay.</summary>
public class StreamCopyTests : NetworkTest
{
    [Theory]
    [MemberData(nameof(Backends))]
    public void CopyTo_EndOfInput_PassedEverythingOnAndLeavesTheWriterOpen(PollerBackend backend) =>
        Run(backend, async () =>
        {
            await using StreamPair from = await StreamPair.OpenAsync();
            await using StreamPair to = await StreamPair.OpenAsync();
            byte[] sent = RandomNumberGenerator.GetBytes(3_000_000);
            from.Client.Writer.Write(sent);
            from.Client.Writer.WriteEof();
            LoopTask<byte[]> received = Aio.CreateTask(to.Server.Reader.ReadToEndAsync());
            Assert.Equal(sent.Length, await from.Server.Reader.CopyToAsync(to.Client.Writer));
            Assert.False(to.Client.Writer.IsClosing);
            to.Client.Writer.WriteEof();
            Assert.Equal(sent, await received);
        });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CopyTo_ReceiverDoesNotRead_TheSenderHasToWait(PollerBackend backend) => Run(backend, async () =>
    {
        await using StreamPair from = await StreamPair.OpenAsync(limit: 10_000);
        await using StreamPair to = await StreamPair.OpenAsync(limit: 10_000);
        byte[] sent = RandomNumberGenerator.GetBytes(30_000_000);
        LoopTask<long> copying = Aio.CreateTask(from.Server.Reader.CopyToAsync(to.Client.Writer));
        from.Client.Writer.Write(sent);
        LoopTask drained = Aio.CreateTask(from.Client.Writer.DrainAsync());
        from.Client.Writer.WriteEof();

        // Nothing moves any more: the system's buffers and ours are full.
        long most = to.Client.Transport.WriteBufferLimits.High + (16 * 1024);
        long last = 0;
        int still = 0;
        await Until(() =>
        {
            Assert.InRange(to.Client.Transport.WriteBufferSize, 0, most);
            long unsent = from.Client.Transport.WriteBufferSize;
            still = unsent == last && to.Client.Transport.WriteBufferSize > 0 ? still + 1 : 0;
            last = unsent;
            return still == 20;
        });
        Assert.False(drained.IsDone);

        Assert.Equal(SHA256.HashData(sent), await HashAsync(to.Server.Reader, sent.Length));
        Assert.Equal(sent.Length, await copying);
        await drained;
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CopyTo_ConnectionIsReset_Throws(PollerBackend backend) => Run(backend, async () =>
    {
        await using StreamPair from = await StreamPair.OpenAsync();
        await using StreamPair to = await StreamPair.OpenAsync();
        LoopTask<long> copying = Aio.CreateTask(from.Server.Reader.CopyToAsync(to.Client.Writer));
        await Aio.Sleep(1.Milliseconds());
        from.Client.Writer.Abort();
        await Assert.ThrowsAsync<SocketException>(() => copying.AsTask());
        Assert.False(to.Client.Writer.IsClosing);
        await Assert.ThrowsAsync<ArgumentNullException>(() => to.Server.Reader.CopyToAsync(null!).AsTask());
    });

    /// <summary>The copies of a loop share what they read into. Guarantee G-138.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CopyTo_ManyAtOnce_EachPassesItsOwnBytesOn(PollerBackend backend) => Run(backend, async () =>
    {
        const int Relays = 8;
        await Aio.Gather([.. Enumerable.Range(0, Relays).Select(RelayAsync)]);

        static async Coroutine RelayAsync(int number)
        {
            var random = new Random(number);
            await using StreamPair from = await StreamPair.OpenAsync();
            await using StreamPair to = await StreamPair.OpenAsync();
            byte[] sent = new byte[300_000];
            random.NextBytes(sent);
            LoopTask<byte[]> received = Aio.CreateTask(to.Server.Reader.ReadToEndAsync());
            LoopTask<long> copying = Aio.CreateTask(from.Server.Reader.CopyToAsync(to.Client.Writer));
            for (int start = 0; start < sent.Length;)
            {
                int count = Math.Min(random.Next(1, 20_000), sent.Length - start);
                from.Client.Writer.Write(sent.AsSpan(start, count));
                await from.Client.Writer.DrainAsync();
                await Aio.Yield();
                start += count;
            }

            from.Client.Writer.WriteEof();
            Assert.Equal(sent.Length, await copying);
            to.Client.Writer.WriteEof();
            Assert.Equal(sent, await received);
        }
    });

    [Fact]
    public void CopyTo_WhileNothingComes_TakesNoBuffer() => RunWith(
        new EventLoopOptions { Debug = false },
        async () =>
        {
            const int Copies = 100;
            await using StreamPair to = await StreamPair.OpenAsync();
            LoopStreamReader[] readers = [.. Enumerable.Range(0, Copies).Select(_ => new LoopStreamReader())];
            var copies = new LoopTask[Copies];
            Begin(0);
            await Aio.Yield();
            await Aio.Yield();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 1; i < Copies; i++)
            {
                Begin(i);
            }

            await Aio.Yield();
            await Aio.Yield();
            long each = (GC.GetAllocatedBytesForCurrentThread() - before) / Copies;
            Assert.InRange(each, 1, 4 * 1024);
            Assert.All(copies, copy => Assert.False(copy.IsDone));
            Array.ForEach(readers, reader => reader.FeedEof());
            await Aio.Wait(copies);

            void Begin(int i) => copies[i] = Aio.CreateTask(readers[i].CopyToAsync(to.Client.Writer));
        });

    private static async Coroutine<byte[]> HashAsync(LoopStreamReader reader, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[64 * 1024];
        while (length > 0)
        {
            int count = await reader.ReadAsync(buffer.AsMemory());
            hash.AppendData(buffer, 0, count);
            length -= count;
        }

        return hash.GetHashAndReset();
    }
}
