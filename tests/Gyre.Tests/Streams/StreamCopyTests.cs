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
        long before;
        do
        {
            before = from.Client.Transport.WriteBufferSize;
            await Aio.Sleep(20.Milliseconds());
        }
        while (from.Client.Transport.WriteBufferSize < before);
        Assert.False(drained.IsDone);
        long high = to.Client.Transport.WriteBufferLimits.High;
        Assert.InRange(to.Client.Transport.WriteBufferSize, 1, high + (16 * 1024));

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
