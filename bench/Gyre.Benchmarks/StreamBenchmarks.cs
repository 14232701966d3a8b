using BenchmarkDotNet.Attributes;

namespace Gyre.Benchmarks;

/// <summary><see cref="LoopStreamReader"/>, and <see cref="Transport"/> over a connection of this machine.</summary>
public class StreamBenchmarks : LoopBenchmark
{
    private const int Lines = 100;

    private static readonly byte[] s_lines =
        [.. Enumerable.Repeat("a line of text as protocols have them\r\n"u8.ToArray(), Lines).SelectMany(line => line)];

    [Benchmark(OperationsPerInvoke = Operations)]
    public void ReadLine() => Run(ReadAll());

    [Benchmark(OperationsPerInvoke = Operations)]
    public void RoundTrip() => Run(EchoAll());

    private static async Coroutine ReadAll()
    {
        var reader = new LoopStreamReader();
        for (int i = 0; i < Operations / Lines; i++)
        {
            reader.FeedData(s_lines);
            for (int j = 0; j < Lines; j++)
            {
                await reader.ReadLineAsync();
            }
        }
    }

    private static async Coroutine EchoAll()
    {
        await using Server server = await Aio.StartServer(Echo, "127.0.0.1", 0);
        await using Connection connection = await Aio.OpenConnection(server.EndPoints[0]);
        byte[] message = new byte[1024];
        for (int i = 0; i < Operations; i++)
        {
            connection.Writer.Write(message.AsSpan());
            await connection.Reader.ReadExactlyAsync(message.AsMemory());
        }
    }

    private static async Coroutine Echo(LoopStreamReader reader, LoopStreamWriter writer)
    {
        byte[] buffer = new byte[1024];
        while (await reader.ReadAsync(buffer.AsMemory()) is var count and > 0)
        {
            writer.Write(buffer.AsSpan(0, count));
        }

        writer.Close();
    }
}
