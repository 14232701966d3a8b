using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Gyre.Bench;

/// <summary><c>http-fetch</c>: many GETs at once, each on a connection of its own, with streams.</summary>
internal static class HttpFetchCommand
{
    private static readonly byte[] s_request =
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray();

    public static Command Create()
    {
        var port = new Argument<int>("port") { Description = "The server's port on 127.0.0.1." };
        var count = new Argument<int>("n") { Description = "How many GETs at once." };
        var rounds = new Argument<int>("rounds") { Description = "How many times.", DefaultValueFactory = _ => 1 };
        var command = new Command("http-fetch", "Fetches / from a server many times at once.")
        {
            port, count, rounds,
        };
        command.SetAction(parsed => Aio.Run(Rounds(parsed.GetValue(port), parsed.GetValue(count), parsed.GetValue(rounds))));
        return command;
    }

    private static async Coroutine Rounds(int port, int count, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            await Aio.TaskGroup(async group =>
            {
                for (int i = 0; i < count; i++)
                {
                    _ = group.CreateTask(Fetch(port));
                }
            });
            double wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            double used = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round={round} wall_ms={wall:F1} cpu_ms={used:F1}"));
            await Aio.Sleep(TimeSpan.FromMilliseconds(50));
        }
    }

    private static async Coroutine Fetch(int port)
    {
        await using Connection connection = await Aio.OpenConnection("127.0.0.1", port);
        connection.Writer.Write(s_request.AsSpan());
        byte[] answer = await connection.Reader.ReadToEndAsync();
        if (!answer.AsSpan().StartsWith("HTTP/1.1 200"u8))
        {
            throw new InvalidOperationException("The server's answer is not 200.");
        }
    }
}
