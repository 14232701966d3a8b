// The same twenty pages with blocking calls, in an executor of one thread.
//
// For code that only knows how to block: it runs on a thread of its own, and the loop goes on meanwhile, here
// with the server and a ticking clock. One thread does one call at a time, so it takes as long as all the
// pages together; with more threads it would be faster. The other sample, FetchByHand, does without them.
using System.Net;
using System.Net.Sockets;
using Gyre;

const int Pages = 20;
TimeSpan step = 0.003.Seconds();

Aio.Run(Main);

async Coroutine Main()
{
    Server server = await Aio.StartServer(Serve, "127.0.0.1", port: 0);
    var address = (IPEndPoint)server.EndPoints[0];
    LoopTask clock = Aio.CreateTask(Tick());

    EventLoop loop = EventLoop.Running;
    TimeSpan start = loop.Time;
    using var executor = new ThreadPoolExecutor(maxWorkers: 1, threadNamePrefix: "fetch");
    IEnumerable<Future<string>> fetches = Enumerable.Range(1, Pages)
        .Select(n => loop.RunInExecutor(executor, () => Fetch(address, $"/{n}")));
    await foreach (Future<string> done in Aio.AsCompleted(fetches))
    {
        Console.WriteLine(await done);
    }

    Console.WriteLine($"all together {(loop.Time - start).TotalMilliseconds:0} ms, one after another");
    clock.Cancel();
}

// Blocks, and runs on the executor's thread. An exception would arrive at the await above.
static string Fetch(IPEndPoint address, string path)
{
    using var client = new TcpClient();
    client.Connect(address);
    using var writer = new StreamWriter(client.GetStream());
    using var reader = new StreamReader(client.GetStream());
    writer.Write($"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    writer.Flush();
    string? status = reader.ReadLine();
    int characters = reader.ReadToEnd().Length;
    return $"{path,-4} {status}  {characters} characters  by {Thread.CurrentThread.Name}";
}

// Shows that the loop is not blocked.
static async Coroutine Tick()
{
    while (true)
    {
        Console.WriteLine("tick");
        await Aio.Sleep(0.2.Seconds());
    }
}

async Coroutine Serve(LoopStreamReader reader, LoopStreamWriter writer)
{
    string request = await reader.ReadTextLineAsync() ?? "";
    while (await reader.ReadTextLineAsync() is { Length: > 0 })
    {
        // The headers say nothing that this server wants to know.
    }

    int number = int.Parse(request.Split(' ')[1].TrimStart('/'));
    await Aio.Sleep(number * step);
    writer.WriteText("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    writer.WriteText(string.Concat(Enumerable.Repeat("a line\n", number)));
    await writer.DrainAsync();
    writer.Close();
}
