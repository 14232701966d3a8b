using System.Net;
using System.Net.Sockets;

namespace Gyre.Tool;

/// <summary>A small web site on 127.0.0.1, on the loop that fetches it. Loop thread only.</summary>
internal sealed class DemoSite
{
    private const int ChunkSize = 1000;

    private readonly Server _server;

    private DemoSite(Server server)
    {
        _server = server;
        Urls = [.. DemoPage.All.Select(page => new Uri($"http://{server.EndPoints[0]}{page.EntryPath}"))];
    }

    /// <summary>A URL for each page. One of them redirects to its page.</summary>
    public IReadOnlyList<Uri> Urls { get; }

    public static async Coroutine<DemoSite> StartAsync() =>
        new(await Aio.StartServer(ServeAsync, IPAddress.Loopback.ToString(), 0));

    /// <summary>Stops listening, and closes what connections there are.</summary>
    public async Coroutine CloseAsync()
    {
        _server.Close();
        _server.CloseClients();
        await _server.WaitClosedAsync();
    }

    private static async Coroutine ServeAsync(LoopStreamReader reader, LoopStreamWriter writer)
    {
        try
        {
            while (await ReadRequestAsync(reader) is { } path)
            {
                await AnswerAsync(path, writer);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or LimitOverrunException)
        {
            // The client went away in the middle, as one does that is interrupted.
        }
        finally
        {
            writer.Close();
        }
    }

    /// <summary>Reads a request to the end of its header.</summary>
    /// <returns>The path; null when there are no more requests.</returns>
    private static async Coroutine<string?> ReadRequestAsync(LoopStreamReader reader)
    {
        string? first = await reader.ReadTextLineAsync();
        string? line;
        do
        {
            line = await reader.ReadTextLineAsync();
        }
        while (!string.IsNullOrEmpty(line));

        return first?.Split(' ') is ["GET", var path, ..] ? path : null;
    }

    private static async Coroutine AnswerAsync(string path, LoopStreamWriter writer)
    {
        DemoPage? page = DemoPage.All.FirstOrDefault(page => page.Path == path);
        if (page is null)
        {
            string? target = DemoPage.All.FirstOrDefault(page => page.RedirectedFrom == path)?.Path;
            string status = target is null ? "404 Not Found" : $"302 Found\r\nLocation: {target}";
            writer.WriteText($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
            await writer.DrainAsync();
            return;
        }

        await Aio.Sleep(page.Delay);
        byte[] body = page.Body();
        string length = page.IsChunked ? "Transfer-Encoding: chunked" : Units.Text($"Content-Length: {body.Length}");
        writer.WriteText($"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{length}\r\n\r\n");
        if (page.IsChunked)
        {
            await WriteChunksAsync(body, writer);
        }
        else
        {
            writer.Write(body.AsSpan());
            await writer.DrainAsync();
        }
    }

    private static async Coroutine WriteChunksAsync(byte[] body, LoopStreamWriter writer)
    {
        foreach (byte[] chunk in body.Chunk(ChunkSize))
        {
            writer.WriteText(Units.Text($"{chunk.Length:x}\r\n"));
            writer.Write(chunk.AsSpan());
            writer.WriteText("\r\n");
            await writer.DrainAsync();
        }

        writer.WriteText("0\r\n\r\n");
        await writer.DrainAsync();
    }
}
