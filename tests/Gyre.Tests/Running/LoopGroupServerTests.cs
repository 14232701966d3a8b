using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Gyre.Tests.Running;

public class LoopGroupServerTests
{
    private static readonly LoopGroupOptions s_three = new() { Count = 3 };

    [Theory]
    [InlineData(ConnectionSpreading.Auto)]
    [InlineData(ConnectionSpreading.InTurn)]
    public void StartServer_ManyClients_AreAnsweredByAllLoops(ConnectionSpreading spreading) => LoopGroup.Run(
        async Coroutine (group) =>
        {
            const int Clients = 60;
            var counts = new ConcurrentDictionary<EventLoop, int>();
            await using LoopGroupServer server = await group.StartServer(
                async Coroutine (reader, writer) =>
                {
                    counts.AddOrUpdate(EventLoop.Running, 1, static (_, count) => count + 1);
                    writer.Write(await reader.ReadExactlyAsync(4));
                    await writer.DrainAsync();
                    writer.Close();
                },
                "127.0.0.1",
                0,
                spreading: spreading);
            await Aio.TaskGroup(async Coroutine (clients) =>
            {
                for (int i = 0; i < Clients; i++)
                {
                    clients.Start(AskAsync(server.EndPoints[0], i));
                }
            });
            Assert.Equal(Clients, counts.Values.Sum());
            if (spreading == ConnectionSpreading.InTurn)
            {
                Assert.Equal([Clients / 3, Clients / 3, Clients / 3], counts.Values);
            }
            else
            {
                // By a hash: with 60 connections a loop without one is as likely as 1 in 10 billion.
                Assert.Equal(OperatingSystem.IsLinux() ? 3 : counts.Count, counts.Count);
            }
        },
        s_three);

    [Theory]
    [InlineData(ConnectionSpreading.ByKernel)]
    [InlineData(ConnectionSpreading.InTurn)]
    public void LoopGroup_EndsWithAnOpenServer_ClosesPortAndConnections(ConnectionSpreading spreading)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SO_REUSEPORT as here is Linux's.");
        Aio.Run(async Coroutine () =>
        {
            EndPoint end = new IPEndPoint(0, 0);
            Connection? client = null;
            await Aio.LoopGroup(
                async Coroutine (group) =>
                {
                    LoopGroupServer server = await group.StartServer(
                        static async Coroutine (reader, _) => await reader.ReadToEndAsync(), "127.0.0.1", 0, null, spreading);
                    end = server.EndPoints[0];
                    client = await Aio.OpenConnection(end);
                },
                s_three);
            await using (client)
            {
                try
                {
                    Assert.Empty(await client!.Reader.ReadToEndAsync());
                }
                catch (SocketException)
                {
                    // A reset, or an end: the connection is gone.
                }
            }

            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            Assert.Throws<SocketException>(() => probe.Connect(end));
        });
    }

    [Fact]
    public void CreateServer_PortTaken_LeavesNothingOpen() => LoopGroup.Run(
        async Coroutine (group) =>
        {
            using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            taken.Listen();
            int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
            foreach (ConnectionSpreading spreading in new[] { ConnectionSpreading.Auto, ConnectionSpreading.InTurn })
            {
                try
                {
                    await group.StartServer(
                        static (_, _) => Aio.Sleep(TimeSpan.Zero), "127.0.0.1", port, null, spreading);
                    Assert.Fail("The port is taken.");
                }
                catch (SocketException e)
                {
                    Assert.Equal(SocketError.AddressAlreadyInUse, e.SocketErrorCode);
                }
            }
        },
        s_three);

    [Fact]
    public void WaitClosedAsync_ConnectionsOnOtherLoops_AreWaitedFor() => LoopGroup.Run(
        async Coroutine (group) =>
        {
            LoopGroupServer server = await group.StartServer(
                static async Coroutine (reader, writer) =>
                {
                    await reader.ReadToEndAsync();
                    writer.Close();
                },
                "127.0.0.1",
                0,
                spreading: ConnectionSpreading.InTurn);
            var clients = new List<Connection>();
            for (int i = 0; i < 6; i++)
            {
                clients.Add(await Aio.OpenConnection(server.EndPoints[0]));
            }

            // Handed over, and not only in the backlog.
            foreach (Server one in server.Servers)
            {
                while (await group.RunOnAsync(one.Loop, async Coroutine<int> () => one.ClientCount) < 2)
                {
                    await Aio.Sleep(1.Milliseconds());
                }
            }

            server.Close();
            LoopTask closed = Aio.CreateTask(server.WaitClosedAsync());
            await Aio.Sleep(2.Milliseconds());
            Assert.False(closed.IsDone);
            foreach (Connection client in clients)
            {
                await client.DisposeAsync();
            }

            await closed;
        },
        s_three);

    private static async Coroutine AskAsync(EndPoint end, int number)
    {
        await using Connection connection = await Aio.OpenConnection(end);
        connection.Writer.Write(BitConverter.GetBytes(number));
        Assert.Equal(number, BitConverter.ToInt32(await connection.Reader.ReadToEndAsync()));
    }

    /// <summary>Without a free descriptor there was a report with each try, ten a second.</summary>
    [Fact]
    public void HandOver_AcceptingFailsAgainAndAgain_IsReportedOnceASecond()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A listener that was shut down fails to accept there.");
        var reports = new List<ExceptionContext>();
        Aio.Run(async Coroutine () =>
        {
            EventLoop loop = EventLoop.Running;
            loop.ExceptionHandler = (_, report) => reports.Add(report);
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var handOver = new HandOver(loop, listener, static _ => { });
            handOver.Start(backlog: 1);
            TimeSpan start = loop.Time;
            listener.Shutdown(SocketShutdown.Both);
            while (reports.Count == 0)
            {
                await Aio.Sleep(1.Milliseconds());
            }

            await Aio.Sleep(350.Milliseconds());
            Assert.InRange(reports.Count, 1, 1 + (int)(loop.Time - start).TotalSeconds);
            handOver.Close();
        });
    }
}
