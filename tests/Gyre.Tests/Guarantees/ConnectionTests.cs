using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Guarantees;

/// <summary>Clauses of docs/guarantees.md on connections.</summary>
[Collection(nameof(SequentialCollection))]
public class ConnectionTests : NetworkTest
{
    private const int Megabyte = 1024 * 1024;

    /// <summary>Guarantee G-67.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void DrainAsync_Cancelled_SendsWhatWasWritten(PollerBackend backend) => Run(backend, async () =>
    {
        const int Size = 16 * Megabyte;
        var mayRead = new LoopEvent();
        int received = -1;
        Server server = await Aio.StartServer(
            async (reader, writer) =>
            {
                await mayRead.WaitAsync();
                received = (await reader.ReadToEndAsync()).Length;
                writer.Close();
            },
            "127.0.0.1",
            0);
        Connection connection = await Aio.OpenConnection("127.0.0.1", PortOf(server));
        connection.Writer.Write(new byte[Size]);
        LoopTask drain = Aio.CreateTask(connection.Writer.DrainAsync());
        await Virtual.Turns(3);
        Assert.False(drain.IsDone);
        drain.Cancel();
        await Virtual.Throws<CancelledException>(drain);

        mayRead.Set();
        connection.Close();
        await Until(() => received >= 0);
        Assert.Equal(Size, received);
        await server.DisposeAsync();
    });

    /// <summary>Guarantee G-96.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Connection_DroppedOpen_IsClosedAndReported(PollerBackend backend) => Run(backend, async () =>
    {
        int ended = 0;
        Server server = await Aio.StartServer(
            async (reader, writer) =>
            {
                await reader.ReadToEndAsync();
                ended++;
                writer.Close();
            },
            "127.0.0.1",
            0);
        // What earlier tests have dropped may be found now, too.
        var warnings = new ConcurrentQueue<string>();
        Action<string> note = warnings.Enqueue;
        string name;
        RuntimeWarnings.Raised += note;
        try
        {
            name = await OpenAndDrop(PortOf(server));
            await Until(() =>
            {
                Garbage.Collect();
                return ended == 1 && warnings.Any(IsOfOurs);
            });
        }
        finally
        {
            RuntimeWarnings.Raised -= note;
        }

        Assert.Single(warnings, IsOfOurs);

        await server.DisposeAsync();

        bool IsOfOurs(string warning) =>
            warning.Contains("dropped open", StringComparison.Ordinal) && warning.Contains(name, StringComparison.Ordinal);
    });

    /// <summary>Guarantee G-101.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CloseAndAbort_CallNothingOfTheProtocolInside(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await EventLoop.Running.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        foreach (Action<Transport> end in new Action<Transport>[] { t => t.Close(), t => t.Abort() })
        {
            (Transport transport, RecordingProtocol protocol) = await EventLoop.Running.CreateConnection(
                () => new RecordingProtocol(), "127.0.0.1", PortOf(server));
            end(transport);
            Assert.Equal(["made"], protocol.Calls);
            await Until(() => protocol.IsLost);
            Assert.Equal(["made", "lost"], protocol.Calls);
        }

        await server.DisposeAsync();
    });

    /// <summary>Guarantee G-104.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Reader_AtItsEnd_LeavesTheWriterUsable(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await Aio.StartServer(
            async (reader, writer) =>
            {
                byte[] question = await reader.ReadToEndAsync();
                Assert.True(reader.AtEof);
                await Aio.Sleep(1.Milliseconds());
                writer.WriteText($"{question.Length} bytes");
                writer.Close();
            },
            "127.0.0.1",
            0);
        await using Connection connection = await Aio.OpenConnection("127.0.0.1", PortOf(server));
        connection.Writer.WriteText("question");
        connection.Writer.WriteEof();
        Assert.Equal("8 bytes"u8.ToArray(), await connection.Reader.ReadToEndAsync());
        await server.DisposeAsync();
    });

    /// <summary>Guarantee G-107.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Client_ThatFails_IsReportedAndTheServerGoesOn(PollerBackend backend) => Run(backend, async () =>
    {
        int clients = 0;
        Server server = await Aio.StartServer(
            async (_, writer) =>
            {
                if (++clients == 1)
                {
                    throw new FormatException();
                }

                writer.WriteText("hello");
                await writer.DrainAsync();
                writer.Close();
            },
            "127.0.0.1",
            0);
        Assert.Empty(await Ask(server));
        Assert.IsType<FormatException>(Assert.Single(Reports).Exception);
        Reports.Clear();
        Assert.Equal("hello"u8.ToArray(), await Ask(server));
        await server.DisposeAsync();

        static async Coroutine<byte[]> Ask(Server server)
        {
            await using Connection connection = await Aio.OpenConnection("127.0.0.1", PortOf(server));
            return await connection.Reader.ReadToEndAsync();
        }
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Coroutine<string> OpenAndDrop(int port)
    {
        Connection connection = await Aio.OpenConnection("127.0.0.1", port);
        connection.Writer.WriteText("nobody reads the answer");
        return $"{connection.LocalEndPoint}";
    }
}
