using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

public partial class StreamConnectionTests
{
    /// <summary>CPython: StreamTests.test_unhandled_exception.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartServer_ClientThrows_IsReportedAndClosed(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await Aio.StartServer(
            async (reader, _) =>
            {
                await reader.ReadLineAsync();
                throw new FormatException("bad client");
            },
            "127.0.0.1",
            0);
        await using Connection connection = await Aio.OpenConnection("127.0.0.1", PortOf(server));
        connection.Writer.WriteText("hello\n");
        Assert.Empty(await connection.Reader.ReadToEndAsync());
        ExceptionContext report = Assert.Single(Reports);
        Assert.IsType<FormatException>(report.Exception);
        Reports.Clear();
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void StartServer_CallbackThrowsAtOnce_IsReportedAndClosed(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await Aio.StartServer((_, _) => throw new FormatException("not a coroutine"), "127.0.0.1", 0);
        await using Connection connection = await Aio.OpenConnection("127.0.0.1", PortOf(server));
        Assert.Empty(await connection.Reader.ReadToEndAsync());
        Assert.IsType<FormatException>(Assert.Single(Reports).Exception);
        Reports.Clear();
        await server.DisposeAsync();
    });

    /// <summary>CPython: StreamTests.test_unhandled_cancel.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartServer_ClientsTaskCancelled_ClosesTheConnection(PollerBackend backend) => Run(backend, async () =>
    {
        LoopTask? client = null;
        Server server = await Aio.StartServer(
            async (reader, _) =>
            {
                client = Aio.CurrentTask;
                await reader.ReadLineAsync();
            },
            "127.0.0.1",
            0);
        await using Connection connection = await Aio.OpenConnection("127.0.0.1", PortOf(server));
        await Until(() => client is not null);
        client!.Cancel();
        Assert.Empty(await connection.Reader.ReadToEndAsync());
        await server.DisposeAsync();
    });

    /// <summary>CPython: BaseSelectorEventLoopTests.test_accept_connection_multiple.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartServer_TwoHundredClientsAtOnce_AreAllServed(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await Aio.StartServer(Echo, "127.0.0.1", 0, new StreamServerOptions { Backlog = 250 });
        int[] sizes = await Aio.Gather([.. Enumerable.Range(0, 200).Select(i => Ask(PortOf(server), i))]);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => i * 37), sizes);
        await server.DisposeAsync();

        static async Coroutine<int> Ask(int port, int i)
        {
            var (reader, writer) = await Aio.OpenConnection("127.0.0.1", port);
            byte[] data = RandomNumberGenerator.GetBytes(i * 37);
            writer.WriteLines([data.AsMemory(0, data.Length / 2), data.AsMemory(data.Length / 2)]);
            writer.WriteEof();
            byte[] back = await reader.ReadToEndAsync();
            writer.Close();
            await writer.WaitClosedAsync();
            return back.AsSpan().SequenceEqual(data) ? back.Length : -1;
        }
    });

    /// <summary>CPython: StreamTests.test_start_server.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void AwaitForeach_LinesOfAConnection_GivesThemAsTheyCome(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await Aio.StartServer(
            async (_, writer) =>
            {
                for (int i = 0; i < 5; i++)
                {
                    writer.WriteText($"line {i}\r\n");
                    await writer.DrainAsync();
                    await Aio.Sleep(1.Milliseconds());
                }

                writer.Close();
            },
            "127.0.0.1",
            0);
        await using Connection connection = await Aio.OpenConnection("127.0.0.1", PortOf(server));
        var lines = new List<string>();
        await foreach (string line in connection.Reader.ReadTextLines())
        {
            lines.Add(line);
        }

        Assert.Equal(["line 0", "line 1", "line 2", "line 3", "line 4"], lines);
        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void WriteText_AnyLength_IsUtf8(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        foreach (string text in new[] { "grün", new string('ä', 10_000), new string('x', 512) })
        {
            pair.Client.Writer.WriteText(text + "\n");
            Assert.Equal(text, await pair.Server.Reader.ReadTextLineAsync());
        }

        pair.Client.Writer.WriteText("");
    });

    /// <summary>CPython: StreamTests.test_unclosed_resource_warnings.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Connection_DroppedOpen_IsReportedAndClosed(PollerBackend backend) => Run(backend, async () =>
    {
        // All of them, of other tests too: a collection of another test may come before this one knows the name.
        var warnings = new ConcurrentQueue<string>();
        Action<string> note = warnings.Enqueue;
        var gone = EventLoop.Running.CreateFuture<byte[]>();
        Server server = await Aio.StartServer(
            async (reader, writer) =>
            {
                gone.SetResult(await reader.ReadToEndAsync());
                writer.Close();
            },
            "127.0.0.1",
            0);
        string name;
        RuntimeWarnings.Raised += note;
        try
        {
            name = await OpenAndDrop(PortOf(server));
            while (!gone.IsDone)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Aio.Sleep(1.Milliseconds());
            }
        }
        finally
        {
            RuntimeWarnings.Raised -= note;
        }

        Assert.Empty(await gone);
        string own = Assert.Single(warnings, warning => warning.Contains(name, StringComparison.Ordinal));
        Assert.Contains("was dropped open", own, StringComparison.Ordinal);
        await server.DisposeAsync();

        static async Coroutine<string> OpenAndDrop(int port)
        {
            Connection connection = await Aio.OpenConnection("127.0.0.1", port);
            return $"{connection.LocalEndPoint}";
        }
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Connection_OnlyItsReaderIsUsed_IsNotTakenForDropped(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await Aio.StartServer(
            async (reader, writer) =>
            {
                await reader.ReadLineAsync();
                writer.WriteText("answer");
                writer.Close();
            },
            "127.0.0.1",
            0);
        (LoopStreamReader reader, LoopStreamWriter writer) = await Aio.OpenConnection("127.0.0.1", PortOf(server));
        LoopTask<byte[]> read = Aio.CreateTask(reader.ReadToEndAsync());
        Transport transport = writer.Transport;
        reader = null!;
        writer = null!;
        await Aio.Sleep(1.Milliseconds());
        for (int i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Aio.Yield();
        }

        Assert.False(transport.IsClosing);
        transport.Write("question\n"u8);
        Assert.Equal("answer", Encoding.UTF8.GetString(await read));
        transport.Close();
        await server.DisposeAsync();
    });

    private static async Task ExpectReset(Func<Task> action) =>
        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(action)).SocketErrorCode);

    private static async Coroutine Echo(LoopStreamReader reader, LoopStreamWriter writer)
    {
        byte[] buffer = new byte[50_000];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            writer.Write(buffer.AsSpan(0, count));
            await writer.DrainAsync();
        }

        writer.Close();
        await writer.WaitClosedAsync();
    }
}
