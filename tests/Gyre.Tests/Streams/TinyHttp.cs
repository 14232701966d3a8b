namespace Gyre.Tests.Streams;

/// <summary>As much of an HTTP server as a client needs to be content.</summary>
public static class TinyHttp
{
    public static async Coroutine ServeAsync(LoopStreamReader reader, LoopStreamWriter writer)
    {
        while (await reader.ReadTextLineAsync() is { } requestLine)
        {
            while (await reader.ReadTextLineAsync() is { Length: > 0 })
            {
                // Headers end with an empty line; none of them matters here.
            }

            string body = $"you asked for {requestLine.Split(' ')[1]}";
            writer.WriteText($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            await writer.DrainAsync();
        }

        writer.Close();
    }
}
