using System.Security.Cryptography;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

public class StreamConnectionTests : NetworkTest
{
    public static TheoryData<PollerBackend, int> BackendsAndSizes { get; } =
    [
        .. from row in Backends
           from size in new[] { 1, 2, 4_095, 4_096, 65_536, 1_048_576, 20_000_000 }
           select new TheoryDataRow<PollerBackend, int>(row.Data, size),
    ];

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

    private static async Coroutine Echo(LoopStreamReader reader, LoopStreamWriter writer)
    {
        byte[] buffer = new byte[50_000];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            writer.Write(buffer.AsSpan(0, count));
            await writer.DrainAsync();
        }

        writer.Close();
        await writer.WaitClosedAsync();
    }
}
