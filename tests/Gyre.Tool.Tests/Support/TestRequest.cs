namespace Gyre.Tool.Tests;

/// <summary>One request that reached a <see cref="TestServer"/>.</summary>
internal sealed record TestRequest(string Path, IReadOnlyList<string> Header, LoopStreamWriter Writer)
{
    /// <summary>Reads a request; null at the end of the connection.</summary>
    public static async Coroutine<TestRequest?> ReadAsync(LoopStreamReader reader, LoopStreamWriter writer)
    {
        if (await reader.ReadTextLineAsync() is not { } first)
        {
            return null;
        }

        var header = new List<string>();
        while (await reader.ReadTextLineAsync() is { Length: > 0 } line)
        {
            header.Add(line);
        }

        return new TestRequest(first.Split(' ')[1], header, writer);
    }

    public async Coroutine AnswerAsync(string status, byte[]? body = null, string header = "")
    {
        Writer.WriteText($"HTTP/1.1 {status}\r\nContent-Length: {body?.Length ?? 0}\r\n{header}\r\n");
        Writer.Write((body ?? []).AsSpan());
        await Writer.DrainAsync();
    }

    /// <summary>Sends the same piece again and again, until the client goes away.</summary>
    public async Coroutine SendForeverAsync(string piece)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(piece);
        while (true)
        {
            Writer.Write(bytes.AsSpan());
            await Writer.DrainAsync();

            // A client that only takes shall not keep the server from its other clients.
            await Aio.Yield();
        }
    }

    /// <summary>Never answers; ends with the server.</summary>
    public static async Coroutine HangAsync() => await EventLoop.Running.CreateFuture<bool>();
}
