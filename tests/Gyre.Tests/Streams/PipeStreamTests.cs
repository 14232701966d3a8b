using Gyre.Polling;
using Gyre.Tests.Networking;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Tests.Streams;

public class PipeStreamTests : PipeTest
{
    /// <summary>Guarantee G-170.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void OpenPipe_ReaderAndWriter_LinesArriveThenTheEnd(PollerBackend backend) => Run(backend, async () =>
    {
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        LoopStreamReader reader = await Aio.OpenPipeReader(readEnd);
        LoopStreamWriter writer = await Aio.OpenPipeWriter(writeEnd);
        writer.WriteText("one\ntwo\n");
        await writer.DrainAsync();
        Assert.Equal("one\n"u8.ToArray(), await reader.ReadLineAsync());
        writer.Close();
        await writer.WaitClosedAsync();
        Assert.Equal("two\n"u8.ToArray(), await reader.ReadLineAsync());
        Assert.Empty(await reader.ReadToEndAsync());
        Assert.True(reader.AtEof);
        await Until(() => readEnd.IsClosed);
    });

    /// <summary>A slow reader slows the writer down: at the most the limits of both and the pipe are in
    /// memory.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void OpenPipe_SlowReader_DrainWaitsAndAllArrives(PollerBackend backend) => Run(backend, async () =>
    {
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        LoopStreamReader reader = await Aio.OpenPipeReader(readEnd, limit: 1000);
        LoopStreamWriter writer = await Aio.OpenPipeWriter(writeEnd);
        byte[] data = [.. Enumerable.Range(0, 3_000_000).Select(static i => (byte)(i ^ (i >> 8)))];
        LoopTask sending = Aio.CreateTask(SendAll());
        await Aio.Sleep(5.Milliseconds());
        Assert.False(sending.IsDone);
        Assert.Equal(data, await reader.ReadToEndAsync());
        await sending;

        async Coroutine SendAll()
        {
            for (int i = 0; i < data.Length; i += 10_000)
            {
                writer.Write(data.AsSpan(i, 10_000));
                Assert.InRange(writer.Transport.WriteBufferSize, 0, (64 * 1024) + 10_000);
                await writer.DrainAsync();
            }

            writer.Close();
        }
    });

    /// <summary>Guarantee G-171.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void DrainAsync_ReaderCloses_Throws(PollerBackend backend) => Run(backend, async () =>
    {
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        LoopStreamWriter writer = await Aio.OpenPipeWriter(writeEnd);
        FillPipe(writer.Transport);
        writer.Write(new byte[100_000]);
        LoopTask drain = Aio.CreateTask(writer.DrainAsync());
        await Aio.Sleep(2.Milliseconds());
        Assert.False(drain.IsDone);
        readEnd.Dispose();
        await Assert.ThrowsAsync<IOException>(() => drain.AsTask());
        await Assert.ThrowsAsync<IOException>(() => writer.WaitClosedAsync().AsTask());
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ReaderClose_WhileSomebodyReads_EndsTheInput(PollerBackend backend) => Run(backend, async () =>
    {
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        LoopStreamReader reader = await Aio.OpenPipeReader(readEnd);
        LoopTask<byte[]> read = Aio.CreateTask(reader.ReadAsync(10));
        await Aio.Yield();
        reader.Close();
        Assert.Empty(await read);
        await Until(() => readEnd.IsClosed);
        writeEnd.Dispose();
    });

    /// <summary>Guarantee G-96.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void PipeReader_DroppedOpen_IsReportedAndClosed(PollerBackend backend) => Run(backend, async () =>
    {
        List<string> warnings = [];
        Action<string> note = text =>
        {
            lock (warnings)
            {
                warnings.Add(text);
            }
        };
        RuntimeWarnings.Raised += note;
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        await OpenAndDropAsync(readEnd);
        while (!readEnd.IsClosed)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Aio.Sleep(1.Milliseconds());
        }

        RuntimeWarnings.Raised -= note;
        lock (warnings)
        {
            Assert.Contains(warnings, static text => text.Contains("read pipe", StringComparison.Ordinal));
        }

        writeEnd.Dispose();
    });

    /// <summary>The standard streams of a process are pipes, a terminal, or /dev/null; here pipes. Guarantee
    /// G-172.</summary>
    [Fact]
    public void StandardStreams_OfAChildProcess_AreReadAndWritten()
    {
        using var child = new ChildProcess("cat");
        child.WriteLine("hello");
        Assert.Equal("HELLO", child.ReadLine());
        child.WriteLine("again");
        Assert.Equal("AGAIN", child.ReadLine());
        child.CloseInput();
        Assert.Equal(0, child.Finish(out string rest));

        // What Console writes after the loop's writer was closed.
        Assert.Equal("ended\n", rest);
    }

    private static async Coroutine OpenAndDropAsync(SafeFileHandle readEnd)
    {
        LoopStreamReader reader = await Aio.OpenPipeReader(readEnd);
        Assert.Equal(0, reader.BufferedCount);
    }
}
