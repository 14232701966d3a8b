using System.Net;
using System.Text;
using Gyre.Testing;
using Gyre.Tests.Streams;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    /// <summary>More than the system's buffers hold, so that the writer has to wait.</summary>
    private const int LargeSize = 8 << 20;

    private static void AddConnections(Dictionary<string, Scenario> all)
    {
        all.Add("LoopStreamWriter.DrainAsync()", CancelDrain, realTime: true);
        all.Add(
            "LoopStreamWriter.WaitClosedAsync()",
            async scenario => await CancelClose(scenario, static client =>
            {
                client.Close();
                return client.Writer.WaitClosedAsync();
            }),
            realTime: true);
        all.Add(
            "Connection.DisposeAsync()",
            async scenario => await CancelClose(scenario, static client => client.DisposeAsync()),
            realTime: true);
        all.Add("LoopStreamReader.CopyToAsync(LoopStreamWriter)", CancelCopy, realTime: true);
        all.Add(
            "Aio.OpenConnection(String, Int32, StreamConnectionOptions)",
            async scenario => await CancelOpen(scenario, static end => Aio.OpenConnection("127.0.0.1", end.Port)),
            realTime: true);
        all.Add(
            "Aio.OpenConnection(EndPoint, StreamConnectionOptions)",
            async scenario => await CancelOpen(scenario, static end => Aio.OpenConnection(end)),
            realTime: true);
        all.Add(
            "Aio.StartServer(Func<LoopStreamReader, LoopStreamWriter, Coroutine>, String, Int32, StreamServerOptions)",
            async scenario => await CancelListen(
                scenario, () => Aio.StartServer(static (_, _) => default, "localhost", 0)),
            realTime: true);
    }

    /// <summary>What was written is sent, whether or not anybody waits for it.</summary>
    private static async Coroutine CancelDrain(CancelScenario scenario)
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        pair.Client.Writer.Write(new byte[LargeSize]);
        LoopTask target = scenario.Target(pair.Client.Writer.DrainAsync());
        await Aio.Yield();
        pair.Client.Writer.WriteEof();
        byte[] received = await pair.Server.Reader.ReadToEndAsync();
        await End(target);
        Assert.Equal(LargeSize, received.Length);
    }

    /// <summary>What was passed on and what is left make up what was sent.</summary>
    private static async Coroutine CancelCopy(CancelScenario scenario)
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        var source = new LoopStreamReader();
        string[] pieces = ["01", "234", "", "56789"];
        LoopTask<long> target = scenario.Target(source.CopyToAsync(pair.Client.Writer));
        foreach (string piece in pieces)
        {
            await Aio.Sleep(1.Milliseconds());
            source.FeedData(Encoding.UTF8.GetBytes(piece));
        }

        source.FeedEof();
        await End(target);
        pair.Client.Writer.Write(await source.ReadToEndAsync());
        pair.Client.Writer.WriteEof();
        Assert.Equal(string.Concat(pieces), Encoding.UTF8.GetString(await pair.Server.Reader.ReadToEndAsync()));
    }

    /// <summary>The connection ends, whether or not anybody waits for it, after everything was
    /// sent.</summary>
    private static async Coroutine CancelClose(CancelScenario scenario, Func<Connection, Coroutine> close)
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        pair.Client.Writer.Write(new byte[LargeSize]);
        LoopTask target = scenario.Target(close(pair.Client));
        await Aio.Yield();
        if (scenario.CancelledAt is { Number: 0 })
        {
            // It has not begun: nobody closes the connection but this.
            pair.Client.Close();
        }

        byte[] received = await pair.Server.Reader.ReadToEndAsync();
        Assert.Equal(LargeSize, received.Length);
        await End(target);
        Assert.True(pair.Client.Writer.IsClosing);
        await pair.Client.Writer.WaitClosedAsync();
    }

    /// <summary>A connection that nobody got is closed: the server sees the end of each that it
    /// accepted.</summary>
    private static async Coroutine CancelOpen(CancelScenario scenario, Func<IPEndPoint, Coroutine<Connection>> open)
    {
        Server server = await Aio.StartServer(ReadToTheEnd, "127.0.0.1", 0);
        LoopTask<Connection> target = scenario.Target(open((IPEndPoint)server.EndPoints[0]));
        await End(target);
        if (!target.IsCancelled)
        {
            await target.Result.DisposeAsync();
        }

        await EndServer(server);
    }

    /// <summary>Returns when the last of its connections has ended, and the tasks with them.</summary>
    private static async Coroutine EndServer(Server server)
    {
        await server.DisposeAsync();
        await Aio.Sleep(1.Milliseconds());
        while (Aio.AllTasks().Count > 2)
        {
            await Aio.Sleep(1.Milliseconds());
        }
    }

    private static async Coroutine ReadToTheEnd(LoopStreamReader reader, LoopStreamWriter writer)
    {
        try
        {
            await reader.ReadToEndAsync();
        }
        catch (System.Net.Sockets.SocketException)
        {
            // A reset is an end, too.
        }

        writer.Close();
    }

    /// <summary>A server that nobody got does not listen.</summary>
    private static async Coroutine CancelListen(CancelScenario scenario, Func<Coroutine<Server>> listen)
    {
        LoopTask<Server> target = scenario.Target(listen());
        await End(target);
        if (!target.IsCancelled)
        {
            Assert.True(target.Result.IsServing);
            await target.Result.DisposeAsync();
        }
    }
}
