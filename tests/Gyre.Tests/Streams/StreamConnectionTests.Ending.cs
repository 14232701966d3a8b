using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Streams;

public partial class StreamConnectionTests
{
    /// <summary>CPython: StreamTests.test_multiple_drain.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Drain_ManyAtOnce_AllGoOnTogether(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        pair.Server.Writer.Transport.PauseReading();
        pair.Client.Writer.Write(new byte[20_000_000]);
        int drained = 0;
        LoopTask[] drains = [.. Enumerable.Range(0, 10).Select(_ => Aio.CreateTask(Drain()))];
        await Aio.Sleep(1.Milliseconds());
        Assert.Equal(0, drained);
        pair.Server.Writer.Transport.ResumeReading();
        LoopTask<byte[]> read = Aio.CreateTask(pair.Server.Reader.ReadExactlyAsync(20_000_000));
        await Aio.Gather(drains);
        Assert.Equal(10, drained);
        await read;

        async Coroutine Drain()
        {
            await pair.Client.Writer.DrainAsync();
            drained++;
        }
    });

    /// <summary>CPython: StreamTests.test_drain_raises.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Drain_AgainAndAgainThoughThePeerIsGone_EndsInAnError(PollerBackend backend) => Run(backend, async () =>
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await using Connection connection = await Aio.OpenConnection(listener.LocalEndPoint!);
        listener.Accept().Dispose();
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => WriteForEver().AsTask());
        Assert.True(error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted
            or SocketError.Shutdown, error.Message);

        async Coroutine WriteForEver()
        {
            while (true)
            {
                connection.Writer.WriteText("foo\n");
                await connection.Writer.DrainAsync();
                await Aio.Yield();
            }
        }
    });

    /// <summary>CPython: StreamTests.test_wait_closed_on_close, test_wait_closed_on_close_with_unread_data,
    /// test_eof_feed_when_closing_writer.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WaitClosed_WithUnreadInput_EndsAndLeavesTheInputToItsReader(PollerBackend backend) =>
        Run(backend, async () =>
        {
            await using var pair = await StreamPair.OpenAsync();
            pair.Server.Writer.WriteText("first\nsecond\n");
            Assert.Equal("first", await pair.Client.Reader.ReadTextLineAsync());
            Assert.False(pair.Client.Writer.IsClosing);
            pair.Client.Writer.Close();
            Assert.True(pair.Client.Writer.IsClosing);
            await pair.Client.Writer.WaitClosedAsync();
            Assert.False(pair.Client.Reader.AtEof);
            Assert.Equal("second", await pair.Client.Reader.ReadTextLineAsync());
            Assert.True(pair.Client.Reader.AtEof);
            Assert.Empty(await pair.Client.Reader.ReadToEndAsync());
        });

    /// <summary>CPython: StreamTests.test_open_unix_connection.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void OpenConnection_OfAUnixSocket_ReadsAndWrites(PollerBackend backend) => Run(backend, async () =>
    {
        string path = Path.Combine(Path.GetTempPath(), $"gyre-{Guid.NewGuid():N}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        await using (Connection connection = await Aio.OpenConnection(new UnixDomainSocketEndPoint(path)))
        {
            using Socket accepted = listener.Accept();
            connection.Writer.WriteText("question\n");
            byte[] question = new byte[9];
            Assert.Equal(9, await accepted.ReceiveAsync(question));
            accepted.Send("answer\nand more"u8);
            accepted.Shutdown(SocketShutdown.Send);
            Assert.Equal("answer", await connection.Reader.ReadTextLineAsync());
            Assert.Equal(8, (await connection.Reader.ReadToEndAsync()).Length);
        }

        File.Delete(path);
    });

    /// <summary>CPython: StreamTests.test_unclosed_server_resource_warnings.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void StartServer_ClientsCoroutineEndsWithoutClosing_IsReportedAndClosed(PollerBackend backend) =>
        Run(backend, async () =>
        {
            var warnings = new List<string>();
            string? name = null;
            Action<string> note = warning =>
            {
                if (name is not null && warning.Contains(name, StringComparison.Ordinal))
                {
                    warnings.Add(warning);
                }
            };

            // Before anybody connects: a collection, of another test's too, may find the writer at once.
            RuntimeWarnings.Raised += note;
            try
            {
                await using Server server = await Aio.StartServer(
                    (_, writer) =>
                    {
                        name = $"{writer.Transport.RemoteEndPoint}";
                        return default;
                    },
                    "127.0.0.1",
                    0);
                await using Connection connection = await Aio.OpenConnection("127.0.0.1", PortOf(server));
                LoopTask<byte[]> read = Aio.CreateTask(connection.Reader.ReadToEndAsync());
                while (!read.IsDone)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    await Aio.Sleep(1.Milliseconds());
                }

                Assert.Empty(await read);
            }
            finally
            {
                RuntimeWarnings.Raised -= note;
            }

            Assert.Contains("was dropped open", Assert.Single(warnings), StringComparison.Ordinal);
        });
}
