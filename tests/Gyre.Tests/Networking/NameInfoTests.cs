using System.Net;
using System.Net.Sockets;
using Gyre.Testing;

namespace Gyre.Tests.Networking;

public class NameInfoTests
{
    private static readonly IPEndPoint s_address = new(IPAddress.Loopback, 5000);

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_getnameinfo.</summary>
    [Fact]
    public void GetNameInfo_Address_IsLookedUpOnAThreadOfTheResolver()
    {
        int loopThread = Environment.CurrentManagedThreadId;
        Run(
            (address, flags) =>
            {
                Assert.NotEqual(loopThread, Environment.CurrentManagedThreadId);
                Assert.False(Thread.CurrentThread.IsThreadPoolThread);
                return ($"host of {address.Address}", $"{flags}");
            },
            async loop =>
            {
                Assert.Equal(("host of 127.0.0.1", "None"), await loop.GetNameInfoAsync(s_address));
                Assert.Equal(
                    ("host of 127.0.0.1", "NumericService, NameRequired"),
                    await loop.GetNameInfoAsync(s_address, NameInfoFlags.NumericService | NameInfoFlags.NameRequired));
            });
    }

    [Fact]
    public void GetNameInfo_Numeric_AsksNobody() => Run(
        (_, _) => throw new InvalidOperationException("Numbers are not looked up."),
        async loop =>
        {
            const NameInfoFlags Numeric = NameInfoFlags.NumericHost | NameInfoFlags.NumericService;
            Assert.Equal(("127.0.0.1", "5000"), await loop.GetNameInfoAsync(s_address, Numeric));
            Assert.Equal(
                ("fe80::1%3", "80"),
                await loop.GetNameInfoAsync(new IPEndPoint(IPAddress.Parse("fe80::1%3"), 80), Numeric));
        });

    [Fact]
    public void GetNameInfo_EqualOnesUnderWay_AreSharedAndCancelledOnesLetGo()
    {
        using var gate = new ManualResetEventSlim();
        int lookups = 0;
        Run(
            (_, _) =>
            {
                Interlocked.Increment(ref lookups);
                gate.Wait();
                return ("name", "service");
            },
            async loop =>
            {
                var address = new IPEndPoint(IPAddress.Loopback, 5000);
                LoopTask<(string Host, string Service)> first = Aio.CreateTask(loop.GetNameInfoAsync(address));
                LoopTask<(string Host, string Service)> second = Aio.CreateTask(loop.GetNameInfoAsync(s_address));
                await Aio.Yield();
                await Aio.Yield();

                // What the caller does with his own address afterwards is of no interest.
                address.Port = 1;
                first.Cancel();
                await Aio.Wait([first]);
                Assert.True(first.IsCancelled);
                Assert.False(second.IsDone);
                gate.Set();
                Assert.Equal(("name", "service"), await second);
                Assert.Equal(1, lookups);
            });
    }

    [Fact]
    public void GetNameInfo_Failure_NamesTheAddress() => Run(
        (_, _) => throw new SocketException((int)SocketError.HostNotFound),
        async loop =>
        {
            SocketException error = await Assert.ThrowsAsync<SocketException>(
                () => loop.GetNameInfoAsync(s_address, NameInfoFlags.NameRequired).AsTask());
            Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
            Assert.Contains("127.0.0.1:5000", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<ArgumentNullException>(() => loop.GetNameInfoAsync(null!).AsTask());
        });

    /// <summary>The system's own: numbers where there are no names.</summary>
    [Fact]
    public void GetNameInfo_BySystem_GivesNamesOrNumbers() => Aio.Run(async () =>
    {
        EventLoop loop = EventLoop.Running;
        (string host, string service) = await loop.GetNameInfoAsync(s_address, NameInfoFlags.NumericHost);
        Assert.Equal("127.0.0.1", host);
        Assert.NotEmpty(service);
        (host, service) = await loop.GetNameInfoAsync(s_address, NameInfoFlags.NumericService);
        Assert.NotEmpty(host);
        Assert.Equal("5000", service);
    });

    /// <summary>Lookups that hang take no thread from anything else.</summary>
    [Fact]
    public void Resolver_EveryLookupHangs_OtherWorkGoesOn()
    {
        using var gate = new ManualResetEventSlim();
        Aio.Run(async () =>
        {
            EventLoop loop = EventLoop.Running;
            loop.Attachment(_ => new HostResolver(
                (_, _) =>
                {
                    gate.Wait();
                    return [IPAddress.Loopback];
                },
                (_, _) =>
                {
                    gate.Wait();
                    return ("name", "service");
                }));
            LoopTask[] hanging =
            [
                .. Enumerable.Range(0, 50).Select(i => Aio.CreateTask(loop.ResolveAsync($"host-{i}.example"))),
                .. Enumerable.Range(1, 50).Select(i =>
                    Aio.CreateTask(loop.GetNameInfoAsync(new IPEndPoint(IPAddress.Loopback, i)))),
            ];
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal(i, await Aio.ToThread(() => i));
                Assert.Equal(i, await Task.Run(() => i));
            }

            Assert.DoesNotContain(hanging, task => task.IsDone);
            gate.Set();
            await Aio.Wait(hanging);
            Assert.All(hanging, task => Assert.Null(task.Exception));
        });
    }

    /// <summary>On a virtual clock: it proves that the loop waits for lookups, as it does for threads.</summary>
    private static void Run(
        Func<IPEndPoint, NameInfoFlags, (string Host, string Service)> names, Func<EventLoop, Coroutine> body) => Aio.Run(
        async () =>
        {
            EventLoop loop = EventLoop.Running;
            loop.Attachment(_ => new HostResolver((_, _) => [], names));
            await body(loop);
        },
        new VirtualClock().CreateOptions(debug: true));
}
