using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

/// <summary>Alone, because it counts what the whole process allocates: the stream works on several threads.</summary>
[Collection(nameof(SequentialCollection))]
public class ConnectionStreamAllocationTests : NetworkTest
{
    /// <summary>Two calls, two trips through the loop; the stream itself adds nothing to what the thread pool
    /// takes.</summary>
    private const long BytesMax = 600;

    /// <summary>Others in the process may allocate beside any of them, but not beside all.</summary>
    private const int Rounds = 20;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_ManyMessages_AllocatesLittle(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        (Stream client, Stream server) = (pair.Client.AsStream(), pair.Server.AsStream());
        long perMessage = await Task.Run(async () =>
        {
            byte[] buffer = new byte[100];
            long least = long.MaxValue;
            for (int i = 0; i < Rounds && least > BytesMax; i++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                await ExchangeAsync(1_000);
                least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / 1_000);
            }

            return least;

            async Task ExchangeAsync(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    await client.WriteAsync(buffer);
                    await server.ReadExactlyAsync(buffer);
                }
            }
        });

        Assert.InRange(perMessage, 0, BytesMax);
    });
}
