using System.Globalization;
using System.Text;

namespace Gyre.Tests.Networking.Interop;

/// <summary>The Redis protocol, RESP 2, over the streams of a connection.</summary>
/// <remarks>Commands are written by <see cref="Send(string[])"/>, and their replies come in the same order from
/// <see cref="ReceiveAsync"/>: however many commands may be on their way.</remarks>
internal sealed class RedisClient(Connection connection) : IAsyncDisposable
{
    private static readonly byte[] s_lineEnd = "\r\n"u8.ToArray();

    private LoopStreamReader Reader => connection.Reader;

    private LoopStreamWriter Writer => connection.Writer;

    public void Send(params string[] words) => Send([.. words.Select(Encoding.UTF8.GetBytes)]);

    public void Send(params byte[][] words)
    {
        Writer.WriteText($"*{words.Length}\r\n");
        foreach (byte[] word in words)
        {
            Writer.WriteText($"${word.Length}\r\n");
            Writer.WriteLines([word, s_lineEnd]);
        }
    }

    public Coroutine DrainAsync() => Writer.DrainAsync();

    /// <summary>Sends a command and waits for its reply, which must be the next.</summary>
    public async Coroutine<object?> CallAsync(params string[] words)
    {
        Send(words);
        await DrainAsync();
        return await ReceiveAsync();
    }

    /// <returns>Text, a number, bytes, null, or an array of these.</returns>
    /// <exception cref="InvalidOperationException">The reply is an error.</exception>
    /// <exception cref="EndOfStreamException">The server has closed the connection.</exception>
    public async Coroutine<object?> ReceiveAsync()
    {
        string line = await Reader.ReadTextLineAsync() ?? throw new EndOfStreamException("Redis has closed the connection.");
        string rest = line[1..];
        switch (line[0])
        {
            case '+':
                return rest;
            case '-':
                throw new InvalidOperationException(rest);
            case ':':
                return long.Parse(rest, CultureInfo.InvariantCulture);
            case '$' when rest == "-1":
            case '*' when rest == "-1":
                return null;
            case '$':
                byte[] value = await Reader.ReadExactlyAsync(int.Parse(rest, CultureInfo.InvariantCulture));
                await Reader.ReadExactlyAsync(s_lineEnd.Length);
                return value;
            case '*':
                object?[] items = new object?[int.Parse(rest, CultureInfo.InvariantCulture)];
                for (int i = 0; i < items.Length; i++)
                {
                    items[i] = await ReceiveAsync();
                }

                return items;
            default:
                throw new FormatException($"'{line}' is no reply.");
        }
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await connection.DisposeAsync();
}
