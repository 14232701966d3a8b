using System.Text;
using Gyre.Testing;

namespace Gyre.Tests.Streams;

/// <summary>Readers that are empty, at their limit, at their end, or broken.</summary>
public class LoopStreamReaderEdgeTests
{
    /// <summary>CPython: StreamTests.test_feed_empty_data, test_feed_nonempty_data.</summary>
    [Fact]
    public void FeedData_OfNothing_WakesNobodyAndAddsNothing() => Run(async () =>
    {
        var reader = new LoopStreamReader();
        LoopTask<byte[]> read = Aio.CreateTask(reader.ReadAsync(10));
        await Aio.Yield();
        reader.FeedData([]);
        await Aio.Sleep(1.Seconds());
        Assert.False(read.IsDone);
        Assert.Equal(0, reader.BufferedCount);
        reader.FeedData("ab"u8);
        Assert.Equal(2, reader.BufferedCount);
        Assert.Equal("ab", Text(await read));
    });

    /// <summary>CPython: StreamTests.test_read_zero, test_readexactly_zero_or_less.</summary>
    [Fact]
    public void ReadAndReadExactly_OfNothing_TakeNothing() => Run(async () =>
    {
        LoopStreamReader reader = Feed("line\n");
        Assert.Empty(await reader.ReadAsync(0));
        Assert.Empty(await reader.ReadExactlyAsync(0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => reader.ReadExactlyAsync(-1).AsTask());
        Assert.Equal(5, reader.BufferedCount);
    });

    /// <summary>CPython: StreamTests.test_read_limit, test_readexactly_limit.</summary>
    [Fact]
    public void ReadAndReadExactly_MoreThanTheLimit_GetWhatIsThere() => Run(async () =>
    {
        LoopStreamReader reader = Feed("chunkchunk", limit: 3);
        Assert.Equal("chunk", Text(await reader.ReadAsync(5)));
        Assert.Equal("chunk", Text(await reader.ReadExactlyAsync(5)));
        Assert.Equal(0, reader.BufferedCount);
    });

    /// <summary>CPython: StreamTests.test_invalid_limit.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Constructor_LimitBelowOne_IsRefused(int limit)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new LoopStreamReader(limit));
        Assert.Equal("limit", error.ParamName);
    }

    /// <summary>CPython: StreamTests.test_read_eof.</summary>
    [Fact]
    public void Read_TheEndComesWhileItWaits_ReturnsNothing() => Run(async () =>
    {
        var reader = new LoopStreamReader();
        LoopTask<byte[]> read = Aio.CreateTask(reader.ReadAsync(1024));
        await Aio.Yield();
        reader.FeedEof();
        Assert.Empty(await read);
    });

    /// <summary>CPython: StreamTests.test_read_until_eof.</summary>
    [Fact]
    public void ReadToEnd_WaitsForTheEnd_AndReturnsEverything() => Run(async () =>
    {
        var reader = new LoopStreamReader();
        LoopTask<byte[]> read = Aio.CreateTask(reader.ReadToEndAsync());
        await Aio.Yield();
        reader.FeedData("chunk1\n"u8);
        await Aio.Sleep(1.Seconds());
        reader.FeedData("chunk2"u8);
        await Aio.Sleep(1.Seconds());
        Assert.False(read.IsDone);
        reader.FeedEof();
        Assert.Equal("chunk1\nchunk2", Text(await read));
        Assert.Equal(0, reader.BufferedCount);
    });

    /// <summary>CPython: StreamTests.test_readline.</summary>
    [Fact]
    public void ReadLine_LineComesInPieces_WaitsForItsEndAndLeavesTheRest() => Run(async () =>
    {
        LoopStreamReader reader = Feed("chunk1 ");
        LoopTask<byte[]> read = Aio.CreateTask(reader.ReadLineAsync());
        await Aio.Yield();
        reader.FeedData("chunk2 "u8);
        await Aio.Yield();
        reader.FeedData("chunk3 "u8);
        reader.FeedData("\n chunk4"u8);
        Assert.Equal("chunk1 chunk2 chunk3 \n", Text(await read));
        Assert.Equal(" chunk4", Text(await reader.ReadAsync(100)));
    });

    /// <summary>CPython: StreamTests.test_readline_read_byte_count.</summary>
    [Fact]
    public void Read_AfterReadLine_GoesOnBehindTheLine() => Run(async () =>
    {
        LoopStreamReader reader = Feed("line1\nline2\nline3\n");
        await reader.ReadLineAsync();
        Assert.Equal("line2\nl", Text(await reader.ReadAsync(7)));
        Assert.Equal("ine3\n", Text(await reader.ReadAsync(100)));
    });

    /// <summary>CPython: StreamTests.test_readline_limit.</summary>
    [Theory]
    [InlineData("1234567\n", true, "")]
    [InlineData("12345678\n", false, "")]
    [InlineData("12345678", false, "")]
    [InlineData("chunk1chunk2\nchunk3\n", false, "chunk3\n")]
    public void ReadLine_AroundTheLimit_TheLineEndDoesNotCount(string input, bool fits, string left) => Run(async () =>
    {
        foreach (bool waits in new[] { false, true })
        {
            var reader = new LoopStreamReader(limit: 7);
            LoopTask<byte[]>? read = waits ? Aio.CreateTask(reader.ReadLineAsync()) : null;
            await Aio.Yield();
            reader.FeedData(Encoding.UTF8.GetBytes(input));
            read ??= Aio.CreateTask(reader.ReadLineAsync());
            if (fits)
            {
                Assert.Equal(input, Text(await read));
            }
            else
            {
                await Assert.ThrowsAsync<LimitOverrunException>(() => read.AsTask());
            }

            Assert.Equal(left.Length, reader.BufferedCount);
            Assert.Equal(left, Text(await reader.ReadExactlyAsync(left.Length)));
        }
    });

    /// <summary>CPython: StreamTests.test_at_eof.</summary>
    [Fact]
    public void AtEof_IsTrueOnceTheEndHasComeAndEverythingIsRead() => Run(async () =>
    {
        var reader = new LoopStreamReader();
        Assert.False(reader.AtEof);
        reader.FeedData("some data\n"u8);
        Assert.False(reader.AtEof);
        await reader.ReadLineAsync();
        Assert.False(reader.AtEof);
        reader.FeedData("some data\n"u8);
        reader.FeedEof();
        Assert.False(reader.AtEof);
        await reader.ReadLineAsync();
        Assert.True(reader.AtEof);
    });

    /// <summary>CPython: StreamTests.test_readuntil_multi_chunks, test_readuntil_multi_chunks_1: what looks like the
    /// beginning of a separator may be one, or part of the text.</summary>
    [Theory]
    [InlineData("lineAAA", "AAA", "lineAAA")]
    [InlineData("lineAAAxxx", "AAA", "lineAAA")]
    [InlineData("QWEaa|XYaa|a", "aaa", "QWEaaXYaaa")]
    [InlineData("QWEaa|XYa|aa", "aaa", "QWEaaXYaaa")]
    [InlineData("aaa", "aaa", "aaa")]
    [InlineData("Xaaa", "aaa", "Xaaa")]
    [InlineData("YYY|a|a|a", "aaa", "YYYaaa")]
    public void ReadUntil_PiecesThatRepeatTheSeparatorsBeginning_FindsIt(string pieces, string separator, string expected) =>
        Run(async () =>
        {
            foreach (bool waits in new[] { false, true })
            {
                var reader = new LoopStreamReader();
                LoopTask<byte[]>? read = waits ? Aio.CreateTask(Read()) : null;
                foreach (string piece in pieces.Split('|'))
                {
                    await Aio.Yield();
                    reader.FeedData(Encoding.UTF8.GetBytes(piece));
                }

                Assert.Equal(expected, Text(await (read ?? Aio.CreateTask(Read()))));
                Assert.Equal(pieces.Replace("|", "", StringComparison.Ordinal).Length - expected.Length, reader.BufferedCount);

                async Coroutine<byte[]> Read() => await reader.ReadUntilAsync(Encoding.UTF8.GetBytes(separator));
            }
        });

    /// <summary>CPython: StreamTests.test_readuntil_multi_separator: what ends first counts, even if it is longer and
    /// began before.</summary>
    [Fact]
    public void ReadUntil_SeparatorsThatOverlap_TakesTheOneThatEndsFirst() => Run(async () =>
    {
        LoopStreamReader reader = Feed("ABCDEFG");
        Assert.Equal("ABCDE", Text(await reader.ReadUntilAsync(["DEF"u8.ToArray(), "BCDE"u8.ToArray()])));
        Assert.Equal("FG", Text(await reader.ReadAsync(100)));
    });

    /// <summary>CPython: StreamTests.test_readuntil_multi_separator_limit.</summary>
    [Fact]
    public void ReadUntil_SeparatorsBehindTheLimit_LeaveTheBytes() => Run(async () =>
    {
        LoopStreamReader reader = Feed("some dataA", limit: 3);
        await Assert.ThrowsAsync<LimitOverrunException>(
            () => reader.ReadUntilAsync(["A"u8.ToArray(), "ome dataA"u8.ToArray()]).AsTask());
        Assert.Equal("some dataA", Text(await reader.ReadAsync(100)));
    });

    /// <summary>CPython: StreamTests.test_readuntil_separator.</summary>
    [Fact]
    public void ReadUntil_AnEmptySeparatorAmongOthers_IsRefused() => Run(async () =>
    {
        LoopStreamReader reader = Feed("abc");
        await Assert.ThrowsAsync<ArgumentException>(
            () => reader.ReadUntilAsync([";"u8.ToArray(), ReadOnlyMemory<byte>.Empty]).AsTask());
    });

    /// <summary>CPython: StreamTests.test_read_exception, test_readline_exception, test_readexactly_exception,
    /// test_exception. Guarantee G-105.</summary>
    [Fact]
    public void SetException_BytesAreBuffered_ReachesEveryRead() => Run(async () =>
    {
        LoopStreamReader reader = Feed("line\nline\n");
        Assert.Null(reader.Exception);
        Assert.Equal("li", Text(await reader.ReadAsync(2)));
        var error = new FormatException();
        reader.SetException(error);
        Assert.Same(error, reader.Exception);
        Func<Coroutine>[] reads =
        [
            async () => await reader.ReadAsync(2),
            async () => await reader.ReadAsync(new byte[2]),
            async () => await reader.ReadExactlyAsync(2),
            async () => await reader.ReadLineAsync(),
            async () => await reader.ReadUntilAsync("\n"u8.ToArray()),
            async () => await reader.ReadToEndAsync(),
        ];
        foreach (Func<Coroutine> read in reads)
        {
            Assert.Same(error, await Assert.ThrowsAsync<FormatException>(() => read().AsTask()));
        }
    });

    /// <summary>CPython: StreamTests.test_exception_cancel.</summary>
    [Fact]
    public void SetException_TheWaitingReadWasCancelled_ReachesTheNextOne() => Run(async () =>
    {
        var reader = new LoopStreamReader();
        foreach (bool hasEnded in new[] { false, true })
        {
            LoopTask<byte[]> read = Aio.CreateTask(reader.ReadLineAsync());
            await Aio.Yield();
            read.Cancel();
            if (hasEnded)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.AsTask());
            }

            reader.SetException(new FormatException());
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.AsTask());
            await Assert.ThrowsAsync<FormatException>(() => reader.ReadLineAsync().AsTask());
            reader = new LoopStreamReader();
        }
    });

    /// <summary>CPython: StreamTests.test___repr__, test___repr__data, test___repr__eof.</summary>
    [Fact]
    public void ToString_TellsWhatIsBufferedAndTheEnd()
    {
        var reader = new LoopStreamReader();
        Assert.Equal("stream reader (0 bytes buffered)", reader.ToString());
        reader.FeedData("data"u8);
        Assert.Equal("stream reader (4 bytes buffered)", reader.ToString());
        reader.FeedEof();
        Assert.Equal("stream reader (4 bytes buffered, at its end)", reader.ToString());
    }

    private static void Run(Func<Coroutine> body) => Aio.Run(body, new VirtualClock().CreateOptions(debug: true));

    private static LoopStreamReader Feed(string text, int limit = LoopStreamReader.DefaultLimit)
    {
        var reader = new LoopStreamReader(limit);
        reader.FeedData(Encoding.UTF8.GetBytes(text));
        return reader;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
