using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace Gyre.Soak;

/// <summary><c>idle</c>: what connections cost over which nothing happens.</summary>
internal static class IdleCommand
{
    private const double CpuShareMax = 0.01;
    private const int BytesEachMax = 4096;

    /// <summary>The runtime compiles again what has become hot, a while after it has: not in all of so many
    /// periods.</summary>
    private const int PeriodsMax = 5;

    public static Command Create()
    {
        var count = new Option<int>("--connections") { Description = "How many.", DefaultValueFactory = _ => 10_000 };
        var seconds = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 20 };
        var command = new Command("idle", "Idle connections: what they cost the server.") { count, seconds };
        command.SetAction(parsed =>
            Verdict.Run(verdict => Run(verdict, parsed.GetValue(count), TimeSpan.FromSeconds(parsed.GetValue(seconds)))));
        return command;
    }

    private static async Coroutine Run(Verdict verdict, int count, TimeSpan duration)
    {
        using ChildServer server = ChildServer.Start();
        long before = server.AskMemory();
        var clients = new List<Socket>(count);
        try
        {
            for (int i = 0; i < count; i++)
            {
                var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                clients.Add(client);
                client.Connect(IPAddress.Loopback, server.Port);
            }

            // Each has been served once: it is accepted, and its coroutine waits for the next line.
            byte[] answer = new byte[1];
            foreach (Socket client in clients)
            {
                client.Send("\n"u8);
                client.Receive(answer);
            }

            long each = (server.AskMemory() - before) / count;
            await Aio.Sleep(TimeSpan.FromSeconds(1));
            double share = double.MaxValue;
            for (int i = 0; i < PeriodsMax && share > CpuShareMax; i++)
            {
                TimeSpan cpu = server.Cpu;
                await Aio.Sleep(duration);
                share = Math.Min(share, (server.Cpu - cpu) / duration);
            }

            string name = $"{count:N0} idle connections";
            verdict.Check(each <= BytesEachMax, $"{name}: {each:N0} bytes of managed memory each, limit {BytesEachMax:N0}");
            verdict.Check(share <= CpuShareMax, $"{name}: {share:P2} of a core, limit {CpuShareMax:P0}");
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }
}
