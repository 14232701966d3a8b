using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

/// <summary>On which thread BCL code goes on that waits for a <see cref="ConnectionStream"/>.</summary>
public class ConnectionStreamThreadTests : NetworkTest
{
    /// <summary>Guarantee G-19.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_OnTheLoopsThreadWithoutContext_GoesOnThere(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        Task<int> reading = ReadOnce();
        await Aio.Yield();
        pair.Server.Writer.Write("x"u8);
        Assert.Equal(Environment.CurrentManagedThreadId, await reading);

        // The other way: what does not wait goes on in any case.
        pair.Client.Writer.Transport.SetWriteBufferLimits(high: 1000);
        Task<int> writing = Write();
        byte[] received = await pair.Server.Reader.ReadExactlyAsync(4_000_000);
        Assert.Equal(Environment.CurrentManagedThreadId, await writing);
        Assert.Equal(4_000_000, received.Length);

        async Task<int> ReadOnce()
        {
            await stream.ReadExactlyAsync(new byte[1]).ConfigureAwait(false);
            return Environment.CurrentManagedThreadId;
        }

        async Task<int> Write()
        {
            await stream.WriteAsync(new byte[4_000_000]).ConfigureAwait(false);
            return Environment.CurrentManagedThreadId;
        }
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_OnAnotherThread_DoesNotGoOnOnTheLoopsThread(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        int loopThread = Environment.CurrentManagedThreadId;
        var waits = new TaskCompletionSource();
        Task<int> reading = Task.Run(async () =>
        {
            ValueTask read = stream.ReadExactlyAsync(new byte[1]);
            waits.SetResult();
            await read.ConfigureAwait(false);
            return Environment.CurrentManagedThreadId;
        });
        await waits.Task;
        pair.Server.Writer.Write("x"u8);
        Assert.NotEqual(loopThread, await reading);
    });

    /// <summary>Dispose does not run the code that waits inside itself.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Dispose_OnTheLoopsThread_DoesNotRunTheWaitersCode(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        bool disposing = false;
        Task<bool> reading = Read();
        await Aio.Yield();
        disposing = true;
        stream.Dispose();
        disposing = false;
        Assert.False(await reading);

        async Task<bool> Read()
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(
                () => stream.ReadExactlyAsync(new byte[1]).AsTask()).ConfigureAwait(false);
            return disposing;
        }
    });

    /// <summary>A pooled connection is used on the thread that asks.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void HttpClient_ConnectionOfThePool_GoesOnOnTheLoopsThread(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await Aio.StartServer(TinyHttp.ServeAsync, "127.0.0.1", 0);
        EventLoop loop = EventLoop.Running;
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) => await loop.OpenStreamThreadSafe(
                context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken: cancellation),
        };
        using var client = new HttpClient(handler);
        await client.GetStringAsync($"http://127.0.0.1:{PortOf(server)}/first");
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(Environment.CurrentManagedThreadId, await Ask());
        }

        server.Close();
        server.AbortClients();

        async Task<int> Ask()
        {
            using HttpResponseMessage response = await client
                .GetAsync($"http://127.0.0.1:{PortOf(server)}/next").ConfigureAwait(false);
            return Environment.CurrentManagedThreadId;
        }
    });

    /// <summary>Whoever took a result before there was one freed the operation for the next call, while it was under
    /// way.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_ResultIsTakenTooEarlyOrTwice_CallsStayApart(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        byte[] buffer = new byte[1];
        ValueTask<int> first = stream.ReadAsync(buffer);
        Assert.Throws<InvalidOperationException>(() => first.GetAwaiter().GetResult());
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.ReadAsync(new byte[1]).AsTask());
        pair.Server.Writer.Write("a"u8);
        while (!first.IsCompleted)
        {
            await Aio.Yield();
        }

        Assert.Equal(1, first.Result);
        Assert.Equal("a"u8, buffer);
        Assert.Throws<InvalidOperationException>(() => first.Result);
        ValueTask<int> second = stream.ReadAsync(buffer);
        Assert.Throws<InvalidOperationException>(() => first.Result);
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.ReadAsync(new byte[1]).AsTask());
        pair.Server.Writer.Write("b"u8);
        Assert.Equal(1, await second);
        Assert.Equal("b"u8, buffer);
    });

    /// <summary>A request to cancel that comes when its call has its bytes is not for the next call.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_CancelledWhenItsBytesAreThere_TheNextReadIsNotCancelled(PollerBackend backend) =>
        Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        using var source = new CancellationTokenSource();
        byte[] buffer = new byte[1];
        Task<int>? second = null;
        Task reading = ReadTwice();
        await Aio.Yield();
        pair.Client.Reader.FeedData("a"u8);
        source.Cancel();
        await reading;
        for (int i = 0; i < 3; i++)
        {
            await Aio.Yield();
        }

        Assert.False(second!.IsCompleted);
        pair.Server.Writer.Write("b"u8);
        Assert.Equal(1, await second);

        async Task ReadTwice()
        {
            // Goes on inside the turn in which the first one ends, before the request's turn.
            Assert.Equal(1, await stream.ReadAsync(buffer, source.Token).ConfigureAwait(false));
            second = stream.ReadAsync(buffer).AsTask();
        }
    });
}
