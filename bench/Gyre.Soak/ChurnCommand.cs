using System.CommandLine;
using System.Diagnostics;
using System.Net;

namespace Gyre.Soak;

/// <summary><c>churn</c>: very many short connections, ended in every way.</summary>
internal static class ChurnCommand
{
    private const int Workers = 64;

    /// <summary>Closed connections keep their ports for a while: more addresses, more ports.</summary>
    private const int Addresses = 50;

    public static Command Create()
    {
        var count = new Option<int>("--count") { Description = "How many connections.", DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("churn", "Connects and closes; one in five resets, one in ten half-closes.") { count };
        command.SetAction(parsed => Verdict.Run(verdict => Run(verdict, parsed.GetValue(count))));
        return command;
    }

    private static async Coroutine Run(Verdict verdict, int count)
    {
        // A first part makes what stays for the life of the process.
        int warm = count / 10;
        await Churn(warm);
        int descriptors = Descriptors();
        long memory = await SettledMemory();
        long start = Stopwatch.GetTimestamp();
        await Churn(count - warm);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        long grown = await SettledMemory() - memory;

        // Counted before the first line is written: the console takes a descriptor of its own for that.
        int left = await SettledDescriptors(descriptors);
        verdict.Check(true, $"{count:N0} connections, {(count - warm) / took.TotalSeconds:N0} a second");
        verdict.Check(left <= descriptors, $"{left} descriptors, {descriptors} before");
        verdict.Check(Aio.AllTasks().Count == 1, $"{Aio.AllTasks().Count} task left, the main one");
        verdict.Check(grown < 1 << 20, $"{grown:N0} bytes of managed memory more than after the first {warm:N0}");
    }

    private static async Coroutine Churn(int count)
    {
        await using Server server = await Aio.StartServer(Serve, "0.0.0.0", 0, new StreamServerOptions { Backlog = 4096 });
        int port = ((IPEndPoint)server.EndPoints[0]).Port;
        int next = 0;
        await Aio.TaskGroup(async group =>
        {
            for (int i = 0; i < Workers; i++)
            {
                _ = group.CreateTask(Work());
            }
        });

        async Coroutine Work()
        {
            while (next < count)
            {
                int number = next++;
                await Connect(number, new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + (number % Addresses))]), port));
            }
        }
    }

    private static async Coroutine Connect(int number, IPEndPoint address)
    {
        await using Connection connection = await Aio.OpenConnection(address);
        connection.Writer.Write("hello\n"u8);
        if (number % 5 == 0)
        {
            connection.Transport.Abort();
            return;
        }

        await connection.Reader.ReadLineAsync();
        if (number % 10 == 1)
        {
            connection.Writer.WriteEof();
            await connection.Reader.ReadToEndAsync();
        }
    }

    private static async Coroutine Serve(LoopStreamReader reader, LoopStreamWriter writer)
    {
        try
        {
            writer.Write(await reader.ReadLineAsync());
            await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            // One of the resets.
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The same, while writing.
        }

        writer.Close();
    }

    /// <summary>The sockets, pipes and the like that are open; not the files, which are assemblies.</summary>
    private static int Descriptors() => !Directory.Exists("/proc/self/fd")
        ? 0
        : Directory.GetFileSystemEntries("/proc/self/fd")
            .Count(entry => new FileInfo(entry).LinkTarget?.Contains(":[", StringComparison.Ordinal) == true);

    /// <summary>A thread of the pool may be about to close the last of them.</summary>
    private static async Coroutine<int> SettledDescriptors(int most)
    {
        int count = Descriptors();
        for (int i = 0; i < 100 && count > most; i++)
        {
            await Aio.Sleep(TimeSpan.FromMilliseconds(100));
            count = Descriptors();
        }

        return count;
    }

    private static async Coroutine<long> SettledMemory()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Aio.Sleep(TimeSpan.FromMilliseconds(10));
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
