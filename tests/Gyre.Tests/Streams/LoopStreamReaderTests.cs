using System.Text;
using Gyre.Testing;

namespace Gyre.Tests.Streams;

public class LoopStreamReaderTests
{
    /// <summary>CPython: StreamTests.test_read_line_breaks.</summary>
    [Fact]
    public void Read_SomethingBuffered_ReturnsItWithoutWaiting() => Run(async () =>
    {
        LoopStreamReader reader = Feed("hello");
        Assert.Equal("hel", Text(await reader.ReadAsync(3)));
        Assert.Equal("lo", Text(await reader.ReadAsync(100)));
        Assert.Empty(await reader.ReadAsync(0));
    });

    [Fact]
    public void Read_IntoMemory_ReturnsWhatFits() => Run(async () =>
    {
        LoopStreamReader reader = Feed("hello", eof: true);
        byte[] buffer = new byte[3];
        Assert.Equal(3, await reader.ReadAsync(buffer));
        Assert.Equal("hel", Text(buffer));
        Assert.Equal(0, await reader.ReadAsync(Memory<byte>.Empty));
        Assert.Equal(2, await reader.ReadAsync(buffer));
        Assert.Equal(0, await reader.ReadAsync(buffer));
    });

    /// <summary>CPython: StreamTests.test_read.</summary>
    [Fact]
    public void Read_NothingThere_WaitsForTheFirstBytes() => Run(async () =>
    {
        var reader = new LoopStreamReader();
        LoopTask<byte[]> read = Aio.CreateTask(reader.ReadAsync(100));
        await Aio.Sleep(1.Seconds());
        Assert.False(read.IsDone);
        reader.FeedData("ab"u8);
        reader.FeedData("c"u8);
        Assert.Equal("abc", Text(await read));
    });

    /// <summary>CPython: StreamTests.test_readline_empty_eof.</summary>
    [Fact]
    public void Read_AtTheEnd_ReturnsNothing() => Run(async () =>
    {
        LoopStreamReader reader = Feed("x", eof: true);
        Assert.False(reader.AtEof);
        Assert.Equal("x", Text(await reader.ReadAsync(10)));
        Assert.True(reader.AtEof);
        Assert.Empty(await reader.ReadAsync(10));
        Assert.Empty(await reader.ReadLineAsync());
        Assert.Null(await reader.ReadTextLineAsync());
        Assert.Empty(await reader.ReadToEndAsync());
    });

    /// <summary>CPython: EventLoopTestsMixin.test_prompt_cancellation. Guarantee G-66.</summary>
    [Fact]
    public void Read_Cancelled_LosesNothing() => Run(async () =>
    {
        var reader = new LoopStreamReader();
        Func<Coroutine>[] reads =
        [
            async () => await reader.ReadAsync(10),
            async () => await reader.ReadAsync(new byte[10]),
            async () => await reader.ReadExactlyAsync(100),
            async () => await reader.ReadUntilAsync("#"u8.ToArray()),
            async () => await reader.ReadLineAsync(),
            async () => await reader.ReadToEndAsync(),
        ];
        foreach (Func<Coroutine> read in reads)
        {
            LoopTask task = Aio.CreateTask(read());
            await Aio.Sleep(1.Seconds());

            // The bytes and the request meet: the task has been woken, and is cancelled before it runs.
            reader.FeedData("abc"u8);
            task.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.AsTask());
            Assert.Equal("abc", Text(await reader.ReadAsync(100)));
        }
    });

    [Fact]
    public void Read_SecondWaiter_IsAnError() => Run(async () =>
    {
        var reader = new LoopStreamReader();
        LoopTask<byte[]> first = Aio.CreateTask(reader.ReadAsync(1));
        await Aio.Yield();
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.ReadLineAsync().AsTask());
        reader.FeedData("a"u8);
        Assert.Equal("a", Text(await first));
    });

    /// <summary>CPython: StreamTests.test_readexactly.</summary>
    [Fact]
    public void ReadExactly_MoreThanTheLimit_GetsItAll() => Run(async () =>
    {
        var reader = new LoopStreamReader(limit: 4);
        LoopTask<byte[]> read = Aio.CreateTask(reader.ReadExactlyAsync(1000));
        for (int i = 0; i < 100; i++)
        {
            reader.FeedData("0123456789ab"u8);
            await Aio.Yield();
        }

        Assert.Equal(1000, (await read).Length);
        Assert.Equal(200, reader.BufferedCount);
    });

    /// <summary>CPython: StreamTests.test_readexactly_eof.</summary>
    [Fact]
    public void ReadExactly_EndBefore_ThrowsWithWhatWasThere() => Run(async () =>
    {
        LoopStreamReader reader = Feed("abc", eof: true);
        IncompleteReadException error = await Assert.ThrowsAsync<IncompleteReadException>(
            () => reader.ReadExactlyAsync(5).AsTask());
        Assert.Equal("abc", Text(error.Partial));
        Assert.Equal(5, error.Expected);
        Assert.True(reader.AtEof);
    });

    [Fact]
    public void ReadExactly_IntoMemory_FillsIt() => Run(async () =>
    {
        LoopStreamReader reader = Feed("abcdef");
        byte[] buffer = new byte[4];
        await reader.ReadExactlyAsync(buffer);
        Assert.Equal("abcd", Text(buffer));
        Assert.Empty(await reader.ReadExactlyAsync(0));
    });

    [Fact]
    public void ReadUntil_SeparatorInPieces_IsFound() => Run(async () =>
    {
        var reader = new LoopStreamReader();
        LoopTask<byte[]> read = Aio.CreateTask(reader.ReadUntilAsync("\r\n\r\n"u8.ToArray()));
        foreach (byte b in "head: er\r\n\r\nbody"u8.ToArray())
        {
            reader.FeedData([b]);
            await Aio.Yield();
        }

        Assert.Equal("head: er\r\n\r\n", Text(await read));
        Assert.Equal("body", Text(await reader.ReadAsync(10)));
    });

    /// <summary>CPython: StreamTests.test_readuntil_multi_separator.</summary>
    [Fact]
    public void ReadUntil_SeveralSeparators_StopsAtTheOneThatEndsFirst() => Run(async () =>
    {
        LoopStreamReader reader = Feed("one\rtwo\nthree\r\nfour");
        ReadOnlyMemory<byte>[] separators = ["\n"u8.ToArray(), "\r"u8.ToArray(), "\r\n"u8.ToArray()];
        Assert.Equal("one\r", Text(await reader.ReadUntilAsync(separators)));
        Assert.Equal("two\n", Text(await reader.ReadUntilAsync(separators)));
        Assert.Equal("three\r", Text(await reader.ReadUntilAsync(separators)));
    });

    /// <summary>CPython: StreamTests.test_readuntil_multi_separator_negative_offset.</summary>
    [Fact]
    public void ReadUntil_SeparatorsOfManyLengths_TheShorterIsNotMissed() => Run(async () =>
    {
        LoopStreamReader reader = Feed("abc");
        LoopTask<byte[]> read = Aio.CreateTask(reader.ReadUntilAsync(["<end>"u8.ToArray(), ";"u8.ToArray()]));
        await Aio.Yield();
        reader.FeedData("d;"u8);
        Assert.Equal("abcd;", Text(await read));
    });

    /// <summary>CPython: StreamTests.test_readuntil_separator.</summary>
    [Fact]
    public void ReadUntil_NoSeparatorGiven_IsAnError() => Run(async () =>
    {
        LoopStreamReader reader = Feed("abc");
        await Assert.ThrowsAsync<ArgumentException>(() => reader.ReadUntilAsync([]).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => reader.ReadUntilAsync(ReadOnlyMemory<byte>.Empty).AsTask());
    });

    /// <summary>CPython: StreamTests.test_readuntil_eof.</summary>
    [Fact]
    public void ReadUntil_EndBefore_ThrowsWithWhatWasThere() => Run(async () =>
    {
        LoopStreamReader reader = Feed("abc", eof: true);
        IncompleteReadException error = await Assert.ThrowsAsync<IncompleteReadException>(
            () => reader.ReadUntilAsync("#"u8.ToArray()).AsTask());
        Assert.Equal("abc", Text(error.Partial));
        Assert.Null(error.Expected);
    });

    /// <summary>CPython: StreamTests.test_readuntil_limit_found_sep.</summary>
    [Theory]
    [InlineData("1234#", "1234#")]
    [InlineData("12345#", null)]
    public void ReadUntil_AroundTheLimit_TheSeparatorDoesNotCount(string input, string? expected) => Run(async () =>
    {
        var reader = new LoopStreamReader(limit: 4);
        reader.FeedData(Encoding.ASCII.GetBytes(input));
        if (expected is not null)
        {
            Assert.Equal(expected, Text(await reader.ReadUntilAsync("#"u8.ToArray())));
            return;
        }

        LimitOverrunException error = await Assert.ThrowsAsync<LimitOverrunException>(
            () => reader.ReadUntilAsync("#"u8.ToArray()).AsTask());
        Assert.Equal(5, error.Consumed);
        Assert.Equal(6, reader.BufferedCount);
        Assert.Equal("12345", Text(await reader.ReadExactlyAsync(error.Consumed)));
        Assert.Equal("#", Text(await reader.ReadUntilAsync("#"u8.ToArray())));
    });

    /// <summary>CPython: StreamTests.test_readuntil_limit_found_sep.</summary>
    [Fact]
    public void ReadUntil_NoSeparatorWithinTheLimit_LeavesTheBytes() => Run(async () =>
    {
        var reader = new LoopStreamReader(limit: 3);
        reader.FeedData("some dataA"u8);
        LimitOverrunException error = await Assert.ThrowsAsync<LimitOverrunException>(
            () => reader.ReadUntilAsync("AAA"u8.ToArray()).AsTask());

        // The last two may be the beginning of a separator.
        Assert.Equal(8, error.Consumed);
        Assert.Equal("some dataA", Text(await reader.ReadAsync(100)));
    });

    /// <summary>CPython: StreamTests.test_readline_nolimit_nowait, test_readline_eof.</summary>
    [Fact]
    public void ReadLine_LinesAndARest_ReturnsEach() => Run(async () =>
    {
        LoopStreamReader reader = Feed("one\n\ntwo\r\nrest", eof: true);
        Assert.Equal("one\n", Text(await reader.ReadLineAsync()));
        Assert.Equal("\n", Text(await reader.ReadLineAsync()));
        Assert.Equal("two\r\n", Text(await reader.ReadLineAsync()));
        Assert.Equal("rest", Text(await reader.ReadLineAsync()));
        Assert.Empty(await reader.ReadLineAsync());
    });

    [Fact]
    public void ReadTextLine_AnyLineEnd_IsCutOff() => Run(async () =>
    {
        LoopStreamReader reader = Feed("grün\r\n\n\rx\r\nrest\r", eof: true);
        Assert.Equal("grün", await reader.ReadTextLineAsync());
        Assert.Equal("", await reader.ReadTextLineAsync());
        Assert.Equal("\rx", await reader.ReadTextLineAsync());
        Assert.Equal("rest\r", await reader.ReadTextLineAsync());
        Assert.Null(await reader.ReadTextLineAsync());
    });

    /// <summary>CPython: StreamTests.test_readline_limit_with_existing_data.</summary>
    [Fact]
    public void ReadLine_LongerThanTheLimit_IsDroppedAndTheNextIsRead() => Run(async () =>
    {
        var reader = new LoopStreamReader(limit: 5);
        reader.FeedData("much too long\nshort\n"u8);
        await Assert.ThrowsAsync<LimitOverrunException>(() => reader.ReadLineAsync().AsTask());
        Assert.Equal("short\n", Text(await reader.ReadLineAsync()));
    });

    /// <summary>CPython: StreamTests.test_readline_limit_with_existing_data.</summary>
    [Fact]
    public void ReadLine_NoEndWithinTheLimit_DropsWhatIsThere() => Run(async () =>
    {
        var reader = new LoopStreamReader(limit: 5);
        reader.FeedData("much too long"u8);
        await Assert.ThrowsAsync<LimitOverrunException>(() => reader.ReadLineAsync().AsTask());
        Assert.Equal(0, reader.BufferedCount);
    });

    [Fact]
    public void AwaitForeach_Lines_EndsWithTheInput() => Run(async () =>
    {
        LoopStreamReader reader = Feed("a\nb\nc", eof: true);
        var lines = new List<string>();
        await foreach (byte[] line in reader)
        {
            lines.Add(Text(line));
        }

        Assert.Equal(["a\n", "b\n", "c"], lines);
    });

    [Fact]
    public void AwaitForeach_TextLines_EndsWithTheInput() => Run(async () =>
    {
        LoopStreamReader reader = Feed("a\r\n\nc", eof: true);
        var lines = new List<string>();
        await foreach (string line in reader.ReadTextLines())
        {
            lines.Add(line);
        }

        Assert.Equal(["a", "", "c"], lines);
    });

    [Fact]
    public void AwaitForeach_ThroughTheInterface_GivesTheSameLines() => Run(async () =>
    {
        Assert.Equal(["a\n", "b"], (await Collect(Feed("a\nb", eof: true))).Select(Text));
        Assert.Equal(["a", "b"], await Collect(Feed("a\nb", eof: true).ReadTextLines()));

        static async Task<List<T>> Collect<T>(IAsyncEnumerable<T> source)
        {
            var items = new List<T>();
            await foreach (T item in source)
            {
                items.Add(item);
            }

            return items;
        }
    });

    /// <summary>CPython: StreamTests.test_exception_waiter. Guarantee G-105.</summary>
    [Fact]
    public void SetException_WhileOneWaits_ReachesItAndAllLaterReads() => Run(async () =>
    {
        var reader = new LoopStreamReader();
        LoopTask<byte[]> read = Aio.CreateTask(reader.ReadLineAsync());
        await Aio.Yield();
        reader.SetException(new IOException("broken"));
        Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => read.AsTask())).Message);
        Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => reader.ReadAsync(1).AsTask())).Message);
        Assert.Equal("broken", reader.Exception!.Message);
    });

    [Fact]
    public void FeedData_AfterTheEnd_IsAnError()
    {
        LoopStreamReader reader = Feed("", eof: true);
        Assert.Throws<InvalidOperationException>(() => reader.FeedData("x"u8));
    }

    [Fact]
    public void Read_ManySmallReadsOfALargeBuffer_GiveEveryByteInOrder() => Run(async () =>
    {
        // Mixes feeding and reading, so that the buffer moves, grows and empties at every offset.
        var random = new Random(20260801);
        var reader = new LoopStreamReader();
        byte next = 0;
        byte expected = 0;
        for (int i = 0; i < 5_000; i++)
        {
            byte[] data = new byte[random.Next(1, 700)];
            foreach (ref byte b in data.AsSpan())
            {
                b = next++;
            }

            reader.FeedData(data);
            while (reader.BufferedCount > 2_000 || (random.Next(3) > 0 && reader.BufferedCount > 0))
            {
                foreach (byte b in await reader.ReadAsync(random.Next(1, 500)))
                {
                    Assert.Equal(expected++, b);
                }
            }
        }
    });

    private static void Run(Func<Coroutine> body) => Aio.Run(body, new VirtualClock().CreateOptions(debug: true));

    private static LoopStreamReader Feed(string text, bool eof = false)
    {
        var reader = new LoopStreamReader();
        reader.FeedData(Encoding.UTF8.GetBytes(text));
        if (eof)
        {
            reader.FeedEof();
        }

        return reader;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
