using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gyre.Soak;

/// <summary><c>starvation</c>: more clients than the server has descriptors for.</summary>
internal static class StarvationCommand
{
    private const int Descriptors = 300;
    private const double CpuPercentMax = 2;

    // The promise is 200 ms; the measuring itself has to be scheduled too.
    private static readonly TimeSpan s_serviceMax = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan s_pingInterval = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var clients = new Option<int>("--clients") { Description = "How many.", DefaultValueFactory = _ => 400 };
        var seconds = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 30 };
        var cpu = new Option<double>("--cpu-max")
        {
            Description = "The most that the server may use, in percent of a core.",
            DefaultValueFactory = _ => CpuPercentMax,
        };
        var patience = new Option<double>("--patience")
        {
            Description = "How many times as long each thing may take: more than 1 for a machine with other work to do.",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command("starvation", "More clients than descriptors.") { clients, seconds, cpu, patience };
        command.SetAction(parsed =>
        {
            var duration = TimeSpan.FromSeconds(parsed.GetValue(seconds));
            double shareMax = parsed.GetValue(cpu) / 100;
            double factor = parsed.GetValue(patience);
            return Verdict.Run(verdict => Run(verdict, parsed.GetValue(clients), duration, shareMax, factor));
        });
        return command;
    }

    private static async Coroutine Run(
        Verdict verdict, int count, TimeSpan duration, double shareMax, double patience)
    {
        using ChildServer server = ChildServer.Start(Descriptors);
        var clients = new List<Connection>(count);
        var served = new List<Connection>(count);
        for (int i = 0; i < count; i++)
        {
            clients.Add(await Aio.OpenConnection(new IPEndPoint(IPAddress.Loopback, server.Port)));
            clients[^1].Writer.Write("hello\n"u8);
        }

        LoopTask[] first = [.. clients.Select(client => Aio.CreateTask(Answered(client, served)))];
        await Settled(served, patience);
        verdict.Check(served.Count is > 100 and < Descriptors, $"{served.Count} of {count} clients are served");

        TimeSpan cpu = server.Cpu;
        int reports = server.Reports;
        long began = Stopwatch.GetTimestamp();
        double slowest = await PingAll([.. served], duration);
        TimeSpan lasted = Stopwatch.GetElapsedTime(began);
        double share = (server.Cpu - cpu) / lasted;
        int written = server.Reports - reports;
        verdict.Check(
            share <= shareMax,
            $"{share:P2} of a core, limit {shareMax:P0}, with a line from each client every 5 s");
        verdict.Check(written <= lasted.TotalSeconds + 1, $"{written} reports in {lasted.TotalSeconds:F0} s");
        verdict.Check(slowest < 500 * patience, $"the slowest answer to an established client took {slowest:F0} ms");

        // Half of those that are served leave: others must be served in their place.
        int leaving = served.Count / 2;
        int wanted = Math.Min(count, served.Count + leaving);
        long start = Stopwatch.GetTimestamp();
        foreach (Connection client in served[..leaving])
        {
            client.Close();
        }

        while (served.Count < wanted && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10) * patience)
        {
            await Aio.Sleep(TimeSpan.FromMilliseconds(1));
        }

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        verdict.Check(
            took < s_serviceMax * patience,
            $"{leaving} clients left: others were served within {took.TotalMilliseconds:F0} ms");
        clients.ForEach(client => client.Transport.Abort());
        await Aio.Wait(first);
    }

    /// <summary>Waits until no more clients have been served for a while.</summary>
    private static async Coroutine Settled(List<Connection> served, double patience)
    {
        int before;
        do
        {
            before = served.Count;
            await Aio.Sleep(TimeSpan.FromSeconds(2));
        }
        while (served.Count > before || (served.Count == 0 && --patience > 0));
    }

    private static async Coroutine Answered(Connection client, List<Connection> served)
    {
        try
        {
            if ((await client.Reader.ReadLineAsync()).Length > 0)
            {
                served.Add(client);
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // It was never served, and is reset at the end.
        }
    }

    /// <returns>How many milliseconds the slowest answer took.</returns>
    private static async Coroutine<double> PingAll(Connection[] clients, TimeSpan duration)
    {
        double slowest = 0;
        long end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        await Aio.TaskGroup(async group =>
        {
            foreach (Connection client in clients)
            {
                _ = group.CreateTask(Ping(client));
            }
        });
        return slowest;

        async Coroutine Ping(Connection client)
        {
            // Not all at the same time.
            await Aio.Sleep(Random.Shared.NextDouble() * s_pingInterval);
            while (Stopwatch.GetTimestamp() < end)
            {
                long start = Stopwatch.GetTimestamp();
                client.Writer.Write("ping\n"u8);
                await client.Reader.ReadLineAsync();
                slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                await Aio.Sleep(s_pingInterval);
            }
        }
    }
}
