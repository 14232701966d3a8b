// A server on all cores: one loop for each, and one task that collects what the others have counted.
//
// A connection lives on the loop that got it, so its handler needs no lock. What the handlers of different loops share
// goes through a queue: its only reader is a task of the first loop. Without arguments the program is its own client, so that
// it ends; with a port it serves until Ctrl-C.
using System.Net;
using Gyre;

const int Clients = 30;
const int LinesEach = 20;

var finished = new SharedQueue<(string? Thread, int Lines)>(maxSize: 16);
var lines = new Dictionary<string, int>();
Thread.CurrentThread.Name = "main";

if (args.Length > 0)
{
    LoopGroup.Run(group => Serve(group, int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture)));
    return 0;
}

LoopGroup.Run(ServeAndAsk, new LoopGroupOptions { Count = Math.Max(2, Environment.ProcessorCount) });
foreach ((string thread, int count) in lines.OrderBy(pair => pair.Key, StringComparer.Ordinal))
{
    Console.WriteLine($"{thread}: {count} lines");
}

return lines.Values.Sum() == Clients * LinesEach ? 0 : 1;

async Coroutine Serve(LoopGroup group, int port)
{
    await using LoopGroupServer server = await group.StartServer(Answer, "127.0.0.1", port);
    Console.WriteLine($"listening on {server.EndPoints[0]}, {group.Loops.Count} loops");
    await Collect(int.MaxValue);
}

async Coroutine ServeAndAsk(LoopGroup group)
{
    await using LoopGroupServer server = await group.StartServer(
        Answer, "127.0.0.1", 0, spreading: ConnectionSpreading.InTurn);

    // The clients are spread over the loops too. If one of them fails, all the others are cancelled, wherever they run.
    for (int i = 0; i < Clients; i++)
    {
        _ = group.CreateTask(group.Loops[i % group.Loops.Count], () => Ask(server.EndPoints[0]));
    }

    await Collect(Clients);
}

// Runs on the loop of the connection.
async Coroutine Answer(LoopStreamReader reader, LoopStreamWriter writer)
{
    int count = 0;
    await foreach (string line in reader.ReadTextLines())
    {
        writer.WriteText($"{line.ToUpperInvariant()}\n");
        await writer.DrainAsync();
        count++;
    }

    writer.Close();
    await finished.PutAsync((Thread.CurrentThread.Name, count));
}

// Runs on the first loop, and nowhere else: the dictionary needs no lock.
async Coroutine Collect(int connections)
{
    for (int i = 0; i < connections; i++)
    {
        (string? thread, int count) = await finished.GetAsync();
        lines[thread ?? "?"] = lines.GetValueOrDefault(thread ?? "?") + count;
    }
}

static async Coroutine Ask(EndPoint server)
{
    await using Connection connection = await Aio.OpenConnection(server);
    for (int i = 0; i < LinesEach; i++)
    {
        connection.Writer.WriteText($"line {i}\n");
        await connection.Writer.DrainAsync();
        if (await connection.Reader.ReadLineAsync() is not [(byte)'L', ..])
        {
            throw new InvalidDataException("The answer is not the line in capitals.");
        }
    }
}
