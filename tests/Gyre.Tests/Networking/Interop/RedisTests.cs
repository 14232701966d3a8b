using System.Net.Sockets;
using System.Text;
using Gyre.Polling;

namespace Gyre.Tests.Networking.Interop;

/// <summary>A Redis server, spoken to over streams.</summary>
public class RedisTests : NetworkTest
{
    [Theory]
    [MemberData(nameof(Backends))]
    public void Commands_EachWithItsReply(PollerBackend backend) => Run(backend, async () =>
    {
        using RedisServer server = await RedisServer.StartAsync();
        await using RedisClient redis = await server.ConnectAsync();
        Assert.Equal("PONG", await redis.CallAsync("PING"));
        Assert.Equal("OK", await redis.CallAsync("SET", "name", "wörld"));
        Assert.Equal("wörld"u8.ToArray(), await redis.CallAsync("GET", "name"));
        Assert.Null(await redis.CallAsync("GET", "nothing"));
        Assert.Equal(3L, await redis.CallAsync("RPUSH", "list", "a", "b", "c"));
        var list = Assert.IsType<object[]>(await redis.CallAsync("LRANGE", "list", "0", "-1"));
        Assert.Equal(["a"u8.ToArray(), "b"u8.ToArray(), "c"u8.ToArray()], list);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await redis.CallAsync("INCR", "name"));
        Assert.Equal("PONG", await redis.CallAsync("PING"));
    });

    /// <summary>All commands are on their way before a reply is read, and nothing is lost or changes places.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Pipelining_TenThousandCommands_RepliesInOrder(PollerBackend backend) => Run(backend, async () =>
    {
        const int Count = 10_000;
        using RedisServer server = await RedisServer.StartAsync();
        await using RedisClient redis = await server.ConnectAsync();
        LoopTask sending = Aio.CreateTask(SendAll());
        for (long i = 1; i <= Count; i++)
        {
            Assert.Equal(i, await redis.ReceiveAsync());
        }

        await sending;

        async Coroutine SendAll()
        {
            for (int i = 0; i < Count; i++)
            {
                redis.Send("INCR", "counter");
                await redis.DrainAsync();
            }
        }
    });

    /// <summary>Clients at once, over the Unix socket: each with commands in flight.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ManyClients_OverAUnixSocket_CountTogether(PollerBackend backend) => Run(backend, async () =>
    {
        const int Clients = 50;
        const int Each = 100;
        using RedisServer server = await RedisServer.StartAsync();
        await Aio.TaskGroup(async group =>
        {
            for (int i = 0; i < Clients; i++)
            {
                group.Start(Count());
            }
        });
        await using RedisClient redis = await server.ConnectOverUnixSocketAsync();
        Assert.Equal($"{Clients * Each}", Encoding.UTF8.GetString((byte[])(await redis.CallAsync("GET", "counter"))!));

        async Coroutine Count()
        {
            await using RedisClient client = await server.ConnectOverUnixSocketAsync();
            for (int i = 0; i < Each; i++)
            {
                client.Send("INCR", "counter");
            }

            for (int i = 0; i < Each; i++)
            {
                Assert.InRange((long)(await client.ReceiveAsync())!, 1, Clients * Each);
            }
        }
    });

    /// <summary>Many times the limit of the reader, which holds for separators only, and of the writer's buffer.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void LargeValue_ComesBackUnchanged(PollerBackend backend) => Run(backend, async () =>
    {
        byte[] value = new byte[16 << 20];
        new Random(1).NextBytes(value);
        using RedisServer server = await RedisServer.StartAsync();
        await using RedisClient redis = await server.ConnectAsync();
        redis.Send("SET"u8.ToArray(), "large"u8.ToArray(), value);
        await redis.DrainAsync();
        Assert.Equal("OK", await redis.ReceiveAsync());
        byte[] answer = Assert.IsType<byte[]>(await redis.CallAsync("GET", "large"));
        Assert.True(value.AsSpan().SequenceEqual(answer));
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void PublishedMessages_ReachTheSubscriberInOrder(PollerBackend backend) => Run(backend, async () =>
    {
        const int Count = 1000;
        using RedisServer server = await RedisServer.StartAsync();
        await using RedisClient publisher = await server.ConnectAsync();
        await using RedisClient subscriber = await server.ConnectOverUnixSocketAsync();
        var subscribed = Assert.IsType<object[]>(await subscriber.CallAsync("SUBSCRIBE", "news"));
        Assert.Equal(["subscribe"u8.ToArray(), "news"u8.ToArray(), 1L], subscribed);
        LoopTask publishing = Aio.CreateTask(PublishAll());
        for (int i = 0; i < Count; i++)
        {
            var message = Assert.IsType<object[]>(await subscriber.ReceiveAsync());
            Assert.Equal(["message"u8.ToArray(), "news"u8.ToArray(), Encoding.UTF8.GetBytes($"{i}")], message);
        }

        await publishing;

        async Coroutine PublishAll()
        {
            for (int i = 0; i < Count; i++)
            {
                Assert.Equal(1L, await publisher.CallAsync("PUBLISH", "news", $"{i}"));
            }
        }
    });

    /// <summary>A reply that takes until another client acts: the loop runs both.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void BlockingCommand_WaitsForTheOtherClient(PollerBackend backend) => Run(backend, async () =>
    {
        using RedisServer server = await RedisServer.StartAsync();
        await using RedisClient taker = await server.ConnectAsync();
        await using RedisClient giver = await server.ConnectAsync();
        LoopTask<object?> taking = Aio.CreateTask(taker.CallAsync("BLPOP", "jobs", "0"));
        await Aio.Sleep(10.Milliseconds());
        Assert.False(taking.IsDone);
        await giver.CallAsync("RPUSH", "jobs", "one");
        Assert.Equal(["jobs"u8.ToArray(), "one"u8.ToArray()], Assert.IsType<object[]>(await taking));
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ServerDies_TheWaitingClientIsTold(PollerBackend backend) => Run(backend, async () =>
    {
        using RedisServer server = await RedisServer.StartAsync();
        await using RedisClient redis = await server.ConnectAsync();
        LoopTask<object?> waiting = Aio.CreateTask(redis.CallAsync("BLPOP", "jobs", "0"));
        await Aio.Sleep(10.Milliseconds());
        server.Kill();
        Exception error = await Assert.ThrowsAnyAsync<Exception>(async () => await waiting);
        Assert.True(error is EndOfStreamException or SocketException, error.ToString());
    });
}
