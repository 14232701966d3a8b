// The classic: twenty pages fetched at once on one thread, by hand.
//
// Each task opens a connection, writes a GET and reads the lines of the answer. The results are printed as
// they complete, and all of it takes about as long as the slowest page.
using System.Net;
using Gyre;

const int Pages = 20;
TimeSpan step = 0.02.Seconds();

Aio.Run(Main);

async Coroutine Main()
{
    // A server of our own, on the same loop: page N takes N steps of 20 ms.
    Server server = await Aio.StartServer(Serve, "127.0.0.1", port: 0);
    var address = (IPEndPoint)server.EndPoints[0];

    EventLoop loop = EventLoop.Running;
    TimeSpan start = loop.Time;
    TimeSpan sum = TimeSpan.Zero;
    IEnumerable<Coroutine<Page>> fetches = Enumerable.Range(1, Pages).Reverse()
        .Select(n => Fetch(address, $"/{n}"));
    await foreach (LoopTask<Page> done in Aio.AsCompleted(fetches))
    {
        Page page = await done;
        sum += page.Time;
        Console.WriteLine($"{page.Time.TotalMilliseconds,4:0} ms  {page.Path,-4} {page.Status}  {page.Lines} lines");
    }

    TimeSpan total = loop.Time - start;
    Console.WriteLine($"all together {total.TotalMilliseconds:0} ms; "
        + $"one after another it would have been {sum.TotalMilliseconds:0} ms");
}

async Coroutine<Page> Fetch(IPEndPoint address, string path)
{
    TimeSpan start = EventLoop.Running.Time;
    await using Connection connection = await Aio.OpenConnection(address);
    (LoopStreamReader reader, LoopStreamWriter writer) = connection;
    writer.WriteText($"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    string status = await reader.ReadTextLineAsync()
        ?? throw new EndOfStreamException("The server has hung up.");
    while (await reader.ReadTextLineAsync() is { Length: > 0 })
    {
        // A header. The empty line after the last one ends this loop.
    }

    int lines = 0;
    await foreach (string line in reader.ReadTextLines())
    {
        lines++;
    }

    return new Page(path, status, lines, EventLoop.Running.Time - start);
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

internal sealed record Page(string Path, string Status, int Lines, TimeSpan Time);
