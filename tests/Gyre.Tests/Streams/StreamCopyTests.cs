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
