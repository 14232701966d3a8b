using System.Net;
using System.Net.Sockets;
using Gyre.Polling;
using Gyre.Testing;

namespace Gyre.Tests.Networking;

/// <summary>The whole of <c>getaddrinfo</c>.</summary>
public class AddrInfoTests
{
    public static TheoryData<string?, string?, AddressFamily, SocketType, ProtocolType, AddrInfoFlags> Queries { get; } =
        new(
            from host in new[] { null, "127.0.0.1", "::1", "localhost" }
            from service in new[] { null, "80" }
            from family in new[] { AddressFamily.Unspecified, AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 }
            from kind in new[]
            {
                (SocketType.Unknown, ProtocolType.Unspecified),
                (SocketType.Stream, ProtocolType.Unspecified),
                (SocketType.Dgram, ProtocolType.Udp),
                (SocketType.Dgram, ProtocolType.Tcp),
                (SocketType.Unknown, ProtocolType.Tcp),
            }
            from flags in new[]
            {
                AddrInfoFlags.None, AddrInfoFlags.Passive, AddrInfoFlags.NumericHost, AddrInfoFlags.IPv4Mapped,
            }
            where host is not null || service is not null

            // What localhost is called in IPv6 is the machine's own affair.
            where host != "localhost" || family == AddressFamily.InterNetwork
            select (host, service, family, kind.Item1, kind.Item2, flags));

    [Fact]
    public void GetAddrInfo_AllArguments_ReachTheResolversThread()
    {
        int loopThread = Environment.CurrentManagedThreadId;
        var answer = new AddrInfo(
            AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp, "real", new IPEndPoint(IPAddress.Loopback, 53));
        Run(
            query =>
            {
                Assert.NotEqual(loopThread, Environment.CurrentManagedThreadId);
                Assert.False(Thread.CurrentThread.IsThreadPoolThread);
                Assert.Equal(
                    new AddrInfoQuery(
                        "xn--mnchen-3ya.example",
                        "domain",
                        AddressFamily.InterNetwork,
                        SocketType.Dgram,
                        ProtocolType.Udp,
                        AddrInfoFlags.CanonicalName | AddrInfoFlags.ConfiguredFamilies),
                    query);
                return [answer];
            },
            async loop => Assert.Equal(
                [answer],
                await loop.GetAddrInfoAsync(
                    "münchen.example",
                    "domain",
                    AddressFamily.InterNetwork,
                    SocketType.Dgram,
                    ProtocolType.Udp,
                    AddrInfoFlags.CanonicalName | AddrInfoFlags.ConfiguredFamilies)));
    }

    [Fact]
    public void GetAddrInfo_EqualOnesUnderWay_AreSharedAndEachCallerHasHisOwnEndPoint()
    {
        using var gate = new ManualResetEventSlim();
        int lookups = 0;
        Run(
            _ =>
            {
                Interlocked.Increment(ref lookups);
                gate.Wait();
                return [Stream(IPAddress.Loopback, 80)];
            },
            async loop =>
            {
                LoopTask<IReadOnlyList<AddrInfo>> first = Aio.CreateTask(loop.GetAddrInfoAsync("a.example", 80));
                LoopTask<IReadOnlyList<AddrInfo>> second = Aio.CreateTask(loop.GetAddrInfoAsync("a.example", "80"));
                LoopTask<IReadOnlyList<AddrInfo>> third = Aio.CreateTask(loop.GetAddrInfoAsync("a.example", 80));
                LoopTask<IReadOnlyList<AddrInfo>> other = Aio.CreateTask(loop.GetAddrInfoAsync("a.example", 81));
                await Aio.Sleep(TimeSpan.Zero);
                first.Cancel();
                await Aio.Wait([first]);
                Assert.True(first.IsCancelled);
                Assert.False(second.IsDone);
                gate.Set();
                Assert.Single(await second).EndPoint.Port = 1;
                Assert.Equal(80, Assert.Single(await third).EndPoint.Port);
                await other;
                Assert.Equal(2, lookups);
            });
    }

    [Fact]
    public void GetAddrInfo_Failures_NameTheHostAndTheService() => Run(
        query => throw new SocketException((int)(query.Service == "odd"
            ? SocketError.TypeNotFound
            : SocketError.HostNotFound)),
        async loop =>
        {
            SocketException error = await Assert.ThrowsAsync<SocketException>(
                () => loop.GetAddrInfoAsync("b.example", "odd").AsTask());
            Assert.Equal(SocketError.TypeNotFound, error.SocketErrorCode);
            Assert.Contains("'b.example' with the service 'odd'", error.Message, StringComparison.Ordinal);
            error = await Assert.ThrowsAsync<SocketException>(() => loop.GetAddrInfoAsync(null, "x").AsTask());
            Assert.Contains("'x'", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<ArgumentException>(() => loop.GetAddrInfoAsync(null, null).AsTask());
            await Assert.ThrowsAsync<ArgumentException>(() => loop.GetAddrInfoAsync("", 80).AsTask());
            await Assert.ThrowsAsync<ArgumentException>(() => loop.GetAddrInfoAsync("a\0b", 80).AsTask());
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => loop.GetAddrInfoAsync("a", 65536).AsTask());
        });

    /// <summary>The system's answer to a program that was written for it.</summary>
    [Fact]
    public void GetAddrInfo_BySystem_ServicesAndCanonicalNames() => Aio.Run(async () =>
    {
        Assert.SkipUnless(AddressInfo.IsSupported, "This system's call is not known.");
        EventLoop loop = EventLoop.Running;
        AddrInfo only = Assert.Single(await loop.GetAddrInfoAsync(
            "127.0.0.1", 7, type: SocketType.Stream, flags: AddrInfoFlags.CanonicalName));
        Assert.Equal(Stream(IPAddress.Loopback, 7) with { CanonicalName = "127.0.0.1" }, only);
        await ExpectAsync(SocketError.TypeNotFound, loop.GetAddrInfoAsync("127.0.0.1", "no-such-service"));
        await ExpectAsync(
            SocketError.HostNotFound, loop.GetAddrInfoAsync("localhost", 1, flags: AddrInfoFlags.NumericHost));
        await ExpectAsync(
            SocketError.SocketNotSupported,
            loop.GetAddrInfoAsync("127.0.0.1", 1, type: SocketType.Dgram, protocol: ProtocolType.Tcp));
        await ExpectAsync(
            SocketError.AddressFamilyNotSupported, loop.GetAddrInfoAsync("127.0.0.1", 1, AddressFamily.Unix));
        await ExpectAsync(
            SocketError.InvalidArgument, loop.GetAddrInfoAsync("127.0.0.1", 1, flags: (AddrInfoFlags)0x4000_0000));

        static async Coroutine ExpectAsync(SocketError code, Coroutine<IReadOnlyList<AddrInfo>> lookup)
        {
            SocketException error = await Assert.ThrowsAsync<SocketException>(() => lookup.AsTask());
            Assert.Equal(code, error.SocketErrorCode);
        }
    });

    /// <summary>Systems whose call is not known get the same answers from the BCL.</summary>
    [Theory]
    [MemberData(nameof(Queries))]
    public void Get_ByBclAndBySystem_Agree(
        string? host, string? service, AddressFamily family, SocketType type, ProtocolType protocol, AddrInfoFlags flags)
    {
        Assert.SkipUnless(AddressInfo.IsSupported, "There is nothing to compare with.");
        var query = new AddrInfoQuery(host, service, family, type, protocol, flags);
        (AddrInfo[] Found, SocketError Error) expected = Try(SystemAddresses.Get);
        (AddrInfo[] found, SocketError error) = Try(SystemAddresses.GetByBcl);
        Assert.Equal(expected.Error, error);
        Assert.Equal(expected.Found.ToHashSet(), found.ToHashSet());

        (AddrInfo[] Found, SocketError Error) Try(Func<AddrInfoQuery, AddrInfo[]> get)
        {
            try
            {
                return (get(query), SocketError.Success);
            }
            catch (SocketException e)
            {
                return ([], e.SocketErrorCode);
            }
        }
    }

    [Fact]
    public void GetByBcl_CanonicalNameAndNamesOfServices()
    {
        var query = new AddrInfoQuery(
            "127.0.0.1",
            "80",
            AddressFamily.Unspecified,
            SocketType.Unknown,
            ProtocolType.Unspecified,
            AddrInfoFlags.CanonicalName);
        AddrInfo[] found = SystemAddresses.GetByBcl(query);
        Assert.Equal(["127.0.0.1", "", ""], found.Select(info => info.CanonicalName));
        SocketException error = Assert.Throws<SocketException>(
            () => SystemAddresses.GetByBcl(query with { Service = "http" }));
        Assert.Equal(SocketError.TypeNotFound, error.SocketErrorCode);
    }

    private static AddrInfo Stream(IPAddress address, int port) => new(
        address.AddressFamily, SocketType.Stream, ProtocolType.Tcp, "", new IPEndPoint(address, port));

    /// <summary>On a virtual clock: it proves that the loop waits for lookups, as it does for threads.</summary>
    private static void Run(Func<AddrInfoQuery, AddrInfo[]> addresses, Func<EventLoop, Coroutine> body) => Aio.Run(
        async () =>
        {
            EventLoop loop = EventLoop.Running;
            loop.Attachment(_ => new HostResolver((_, _) => [], null, addresses));
            await body(loop);
        },
        new VirtualClock().CreateOptions(debug: true));
}
