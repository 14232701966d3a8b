using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

/// <summary>So many connections that pollers read ahead what belongs to them, whatever they are doing.</summary>
public class ManyConnectionsTests : NetworkTest
{
    // Both ends are on one loop.
    private const int Connections = 80;
    private const int Rounds = 30;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Echo_ReadersThatWaitInEachWayOrNotAtAll_GetTheirOwnBytes(PollerBackend backend) =>
        Run(backend, async () =>
        {
            int next = 0;
            await using Server server = await Aio.StartServer(
                (reader, writer) => EchoAsync(reader, writer, next++ % 3), "127.0.0.1", 0);
            var tasks = new List<LoopTask>();
            for (int i = 0; i < Connections; i++)
            {
                tasks.Add(Aio.CreateTask(TalkAsync(PortOf(server), i)));
            }

            await Aio.Wait(tasks);
            foreach (LoopTask task in tasks)
            {
                await task;
            }
        });

    private static async Coroutine EchoAsync(LoopStreamReader reader, LoopStreamWriter writer, int kind)
    {
        byte[] buffer = new byte[100];
        while (true)
        {
            if (kind == 0)
            {
                // Input comes while nobody waits for it.
                await Aio.Yield();
                await Aio.Yield();
            }

            if (kind == 1)
            {
                byte[] line = await reader.ReadLineAsync();
                if (line.Length == 0)
                {
                    break;
                }

                writer.Write(line.AsSpan());
            }
            else
            {
                int count = await reader.ReadAsync(buffer.AsMemory());
                if (count == 0)
                {
                    break;
                }

                writer.Write(buffer.AsSpan(0, count));
            }
        }

        writer.Close();
    }

    private static async Coroutine TalkAsync(int port, int number)
    {
        await using Connection connection = await Aio.OpenConnection("127.0.0.1", port);
        for (int i = 0; i < Rounds; i++)
        {
            string message = $"{number}: {i}";
            connection.Writer.WriteText(message + "\n");
            Assert.Equal(message, await connection.Reader.ReadTextLineAsync());
        }
    }
}
