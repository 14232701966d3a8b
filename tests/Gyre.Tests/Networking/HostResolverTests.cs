using System.Net;
using System.Net.Sockets;
using Gyre.Testing;

namespace Gyre.Tests.Networking;

public class HostResolverTests
{
    /// <summary>CPython: BaseEventTests.test_ipaddr_info;
    /// BaseEventLoopWithSelectorTests.test_create_connection_ip_addr, test_create_connection_ipv6_scope.</summary>
    [Fact]
    public void Resolve_Literal_NeedsNoLookup() => Run(
        (_, _) => throw new InvalidOperationException("A literal is not looked up."),
        async loop =>
        {
            Assert.Equal([IPAddress.Loopback], await loop.ResolveAsync("127.0.0.1"));
            Assert.Equal([IPAddress.IPv6Loopback], await loop.ResolveAsync("::1"));
            Assert.Equal([IPAddress.IPv6Loopback], await loop.ResolveAsync("[::1]"));
            Assert.Equal([IPAddress.IPv6Loopback], await loop.ResolveAsync("::1", AddressFamily.InterNetworkV6));
            Assert.Equal(1, Assert.Single(await loop.ResolveAsync("fe80::1%1")).ScopeId);
            SocketException error = await Assert.ThrowsAsync<SocketException>(
                () => loop.ResolveAsync("127.0.0.1", AddressFamily.InterNetworkV6).AsTask());
            Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
        });

    [Fact]
    public void Resolve_Name_RunsOnAThreadOfItsOwn()
    {
        int loopThread = 0;
        int lookupThread = 0;
        bool pooled = true;
        Run(
            (host, family) =>
            {
                lookupThread = Environment.CurrentManagedThreadId;
                pooled = Thread.CurrentThread.IsThreadPoolThread;
                Assert.Equal("a.example", host);
                Assert.Equal(AddressFamily.InterNetwork, family);
                return [IPAddress.Loopback, IPAddress.Any];
            },
            async loop =>
            {
                loopThread = Environment.CurrentManagedThreadId;
                Assert.Equal(
                    [IPAddress.Loopback, IPAddress.Any],
                    await loop.ResolveAsync("a.example", AddressFamily.InterNetwork));
            });
        Assert.NotEqual(loopThread, lookupThread);
        Assert.False(pooled);
    }

    [Fact]
    public void Resolve_SameNameUnderWay_IsLookedUpOnce()
    {
        using var gate = new ManualResetEventSlim();
        int lookups = 0;
        Run(
            (_, _) =>
            {
                Interlocked.Increment(ref lookups);
                gate.Wait();
                return [IPAddress.Loopback];
            },
            async loop =>
            {
                LoopTask<IReadOnlyList<IPAddress>>[] tasks =
                    [.. Enumerable.Range(0, 50).Select(_ => Aio.CreateTask(loop.ResolveAsync("shared.example")))];
                await Aio.Yield();
                gate.Set();
                foreach (LoopTask<IReadOnlyList<IPAddress>> task in tasks)
                {
                    Assert.Equal([IPAddress.Loopback], await task);
                }

                Assert.Equal(1, lookups);
                await loop.ResolveAsync("shared.example");
                Assert.Equal(2, lookups);
            });
    }

    [Fact]
    public void Resolve_Cancelled_LetsGoAtOnceAndTheOthersKeepTheirs()
    {
        using var gate = new ManualResetEventSlim();
        Run(
            (_, _) =>
            {
                gate.Wait();
                return [IPAddress.Loopback];
            },
            async loop =>
            {
                LoopTask<IReadOnlyList<IPAddress>> first = Aio.CreateTask(loop.ResolveAsync("slow.example"));
                LoopTask<IReadOnlyList<IPAddress>> second = Aio.CreateTask(loop.ResolveAsync("slow.example"));
                await Aio.Yield();
                await Aio.Yield();
                first.Cancel();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.AsTask());
                Assert.False(second.IsDone);
                gate.Set();
                Assert.Equal([IPAddress.Loopback], await second);
            });
    }

    [Fact]
    public void Resolve_ManySlowNames_UseAFewThreads()
    {
        int running = 0;
        int most = 0;
        using var gate = new ManualResetEventSlim();
        Run(
            (host, _) =>
            {
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                gate.Wait();
                Interlocked.Decrement(ref running);
                return [IPAddress.Loopback];
            },
            async loop =>
            {
                LoopTask<IReadOnlyList<IPAddress>>[] tasks = [.. Enumerable.Range(0, 100)
                    .Select(i => Aio.CreateTask(loop.ResolveAsync($"host-{i}.example")))];
                await Aio.Yield();
                await Aio.Yield();

                // Those that nobody waits for when their turn comes are not looked up.
                foreach (LoopTask<IReadOnlyList<IPAddress>> task in tasks[50..])
                {
                    task.Cancel();
                }

                gate.Set();
                foreach (LoopTask<IReadOnlyList<IPAddress>> task in tasks[..50])
                {
                    await task;
                }
            });
        Assert.InRange(most, 1, 8);
    }

    [Fact]
    public void Resolve_Failures_NameTheHost() => Run(
        (host, _) => host switch
        {
            "again.example" => throw new SocketException((int)SocketError.TryAgain),
            "empty.example" => [],
            _ => throw new FormatException("odd"),
        },
        async loop =>
        {
            await ExpectAsync("again.example", SocketError.TryAgain);
            await ExpectAsync("empty.example", SocketError.HostNotFound);
            await ExpectAsync("odd.example", SocketError.HostNotFound);
            await ExpectAsync(new string('ü', 70) + ".example", SocketError.HostNotFound);
            await Assert.ThrowsAsync<ArgumentException>(() => loop.ResolveAsync("").AsTask());

            async Task ExpectAsync(string host, SocketError code)
            {
                SocketException error = await Assert.ThrowsAsync<SocketException>(() => loop.ResolveAsync(host).AsTask());
                Assert.Equal(code, error.SocketErrorCode);
                Assert.Contains(host, error.Message, StringComparison.Ordinal);
            }
        });

    [Fact]
    public void Resolve_LettersBeyondAscii_AreEncodedForTheSystem() => Run(
        (host, _) => host == "xn--mnchen-3ya.example" ? [IPAddress.Loopback] : [],
        async loop => Assert.Equal([IPAddress.Loopback], await loop.ResolveAsync("münchen.example")));

    [Fact]
    public void Resolve_Localhost_IsThisMachine() => Aio.Run(async () =>
        Assert.All(await EventLoop.Running.ResolveAsync("localhost"), address => Assert.True(IPAddress.IsLoopback(address))));

    private static void InterlockedMax(ref int location, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref location)))
        {
            Interlocked.CompareExchange(ref location, value, seen);
        }
    }

    /// <summary>On a virtual clock: it proves that the loop waits for lookups, as it does for threads.</summary>
    private static void Run(Func<string, AddressFamily, IPAddress[]> lookup, Func<EventLoop, Coroutine> body) => Aio.Run(
        async () =>
        {
            EventLoop loop = EventLoop.Running;
            loop.Attachment(_ => new HostResolver(lookup));
            await body(loop);
        },
        new VirtualClock().CreateOptions(debug: true));
}
