using System.Text;

namespace Gyre;

public sealed partial class LoopStreamReader
{
    private static readonly ReadOnlyMemory<byte>[] s_newLine = [new byte[] { (byte)'\n' }];

    /// <summary>How a search for a separator went on.</summary>
    private enum SearchResult : byte
    {
        /// <summary>The piece is there: its length, with the separator, is known.</summary>
        Found,

        /// <summary>The input ended without a separator.</summary>
        Ended,

        /// <summary>There is a separator, behind more bytes than the limit.</summary>
        FoundTooFar,

        /// <summary>There is no separator in more bytes than the limit.</summary>
        NotFound,
    }

    /// <summary>Reads up to a separator and with it. asyncio: <c>readuntil</c>.</summary>
    /// <param name="separator">At least one byte.</param>
    /// <exception cref="IncompleteReadException">The input ended before. What was there is in the
    /// exception.</exception>
    /// <exception cref="LimitOverrunException">More than <see cref="Limit"/> bytes come before the separator. They
    /// stay in
    /// the reader.</exception>
    /// <exception cref="InvalidOperationException">Another coroutine is waiting for input.</exception>
    public Coroutine<byte[]> ReadUntilAsync(ReadOnlyMemory<byte> separator) => ReadUntilAsync([separator]);

    /// <summary>Reads up to one of several separators and with it: to the one that ends first. asyncio:
    /// <c>readuntil</c>
    /// with a tuple.</summary>
    /// <param name="separators">At least one, of at least one byte each.</param>
    /// <inheritdoc cref="ReadUntilAsync(ReadOnlyMemory{byte})"/>
    public async Coroutine<byte[]> ReadUntilAsync(IReadOnlyList<ReadOnlyMemory<byte>> separators)
    {
        ArgumentNullException.ThrowIfNull(separators);
        if (separators.Count == 0 || separators.Any(static separator => separator.IsEmpty))
        {
            throw new ArgumentException(
                "Give one separator at least, and none without bytes: it would be found everywhere.", nameof(separators));
        }

        (SearchResult result, int length) = await SearchAsync(separators);
        return result switch
        {
            SearchResult.Found => Take(length),
            SearchResult.Ended => throw new IncompleteReadException(Take(_buffer.Count), null),
            _ => throw Overrun(result, length),
        };
    }

    /// <summary>Reads a line with its <c>\n</c>; at the end of the input what is left, without it. asyncio:
    /// <c>readline</c>.</summary>
    /// <returns>The line; no bytes at the end of the input.</returns>
    /// <exception cref="LimitOverrunException">The line is longer than <see cref="Limit"/>. It was dropped, or,
    /// when its end
    /// has not arrived, what there was of it (asyncio: <c>ValueError</c>).</exception>
    /// <exception cref="InvalidOperationException">Another coroutine is waiting for input.</exception>
    public async Coroutine<byte[]> ReadLineAsync() => Take(await FindLineAsync());

    /// <summary>Reads a line of UTF-8 text, without the <c>\n</c> or <c>\r\n</c> that ends it.</summary>
    /// <returns>The line, or null at the end of the input. Bytes that are not UTF-8 become U+FFFD.</returns>
    /// <inheritdoc cref="ReadLineAsync"/>
    public async Coroutine<string?> ReadTextLineAsync()
    {
        int length = await FindLineAsync();
        if (length == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> line = _buffer.Span[..length];
        if (line[^1] == '\n')
        {
            line = line[..^1];
            if (!line.IsEmpty && line[^1] == '\r')
            {
                line = line[..^1];
            }
        }

        string text = Encoding.UTF8.GetString(line);
        Consume(length);
        return text;
    }

    /// <summary>Waits for a line and returns its length, with the newline if it has one.</summary>
    private async Coroutine<int> FindLineAsync()
    {
        (SearchResult result, int length) = await SearchAsync(s_newLine);
        switch (result)
        {
            case SearchResult.Found:
                return length;
            case SearchResult.Ended:
                return _buffer.Count;
            case SearchResult.FoundTooFar:
                Consume(length + 1);
                break;
            case SearchResult.NotFound:
                Consume(_buffer.Count);
                break;
        }

        throw Overrun(result, length);
    }

    /// <summary>Waits until a separator, the end, or too much is there.</summary>
    /// <returns>For a piece that was found, its length. For an overrun, the bytes that hold no separator.</returns>
    private async Coroutine<(SearchResult Result, int Length)> SearchAsync(IReadOnlyList<ReadOnlyMemory<byte>> separators)
    {
        ThrowIfFailed();
        int longest = 0;
        int shortest = int.MaxValue;
        foreach (ReadOnlyMemory<byte> separator in separators)
        {
            longest = Math.Max(longest, separator.Length);
            shortest = Math.Min(shortest, separator.Length);
        }

        // What is before this has been searched: no separator begins there.
        int searched = 0;
        while (true)
        {
            // Fewer than were searched means that somebody else has read in the meantime.
            int count = _buffer.Count;
            searched = Math.Min(searched, count);
            if (count - searched >= shortest)
            {
                if (TryFind(separators, searched, out int start, out int end))
                {
                    return start > Limit ? (SearchResult.FoundTooFar, start) : (SearchResult.Found, end);
                }

                // A separator may have begun in the last bytes.
                searched = Math.Max(searched, count + 1 - longest);
                if (searched > Limit)
                {
                    return (SearchResult.NotFound, searched);
                }
            }

            if (_eof)
            {
                return (SearchResult.Ended, count);
            }

            await WaitForInputAsync();
        }
    }

    /// <summary>Finds the separator that ends first.</summary>
    private bool TryFind(IReadOnlyList<ReadOnlyMemory<byte>> separators, int from, out int start, out int end)
    {
        ReadOnlySpan<byte> rest = _buffer.Span[from..];
        start = -1;
        end = int.MaxValue;
        for (int i = 0; i < separators.Count; i++)
        {
            ReadOnlySpan<byte> separator = separators[i].Span;
            int found = rest.IndexOf(separator);
            if (found >= 0 && from + found + separator.Length < end)
            {
                start = from + found;
                end = start + separator.Length;
            }
        }

        return start >= 0;
    }

    private LimitOverrunException Overrun(SearchResult result, int consumed) => new(
        result == SearchResult.FoundTooFar
            ? $"The separator comes after {consumed} bytes; the limit is {Limit}."
            : $"No separator came within the limit of {Limit} bytes.",
        consumed);
}
