using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

public class ConnectionStreamTests : NetworkTest
{
    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadAndWrite_OnTheLoop_TransferEverything(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        await TransferAsync(pair.Client.AsStream(), pair.Server.AsStream());
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadAndWrite_OnOtherThreads_TransferEverything(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        (Stream client, Stream server) = (pair.Client.AsStream(), pair.Server.AsStream());
        await Task.Run(() => TransferAsync(client, server));
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadAndWrite_Blocking_TransferEverything(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        (Stream client, Stream server) = (pair.Client.AsStream(), pair.Server.AsStream());
        byte[] sent = RandomNumberGenerator.GetBytes(3_000_000);
        Task writing = Task.Run(() =>
        {
            client.Write(sent);
            client.Dispose();
        });
        byte[] received = await Task.Run(() =>
        {
            var copy = new MemoryStream();
            server.CopyTo(copy);
            return copy.ToArray();
        });
        await writing;
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void BlockingCalls_OnTheLoop_AreRefused(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => stream.Read(new byte[1]));
        Assert.Contains("ReadAsync", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidOperationException>(() => stream.Write(new byte[1]));
        Assert.Contains("WriteAsync", error.Message, StringComparison.Ordinal);
        stream.Flush();
    });

    /// <summary>CPython: EventLoopTestsMixin.test_prompt_cancellation.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_Cancelled_LosesNothing(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        byte[] buffer = new byte[10];
        using (var source = new CancellationTokenSource())
        {
            Task<int> read = Task.Run(() => stream.ReadAsync(buffer, source.Token).AsTask());
            await Aio.Sleep(10.Milliseconds());
            await source.CancelAsync();
            OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            Assert.Equal(source.Token, error.CancellationToken);
        }

        pair.Server.Writer.Write("later"u8);
        Assert.Equal(5, await stream.ReadAtLeastAsync(buffer, 5));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => stream.ReadAsync(buffer, new CancellationToken(canceled: true)).AsTask());
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_CancelledAgainAndAgain_NeverHitsTheNextRead(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        LoopStreamWriter peer = pair.Server.Writer;
        EventLoop loop = EventLoop.Running;
        await Task.Run(async () =>
        {
            byte[] buffer = new byte[1];
            for (int i = 0; i < 2_000; i++)
            {
                // The request, and the byte, come in any order; the byte is read here or by the next read.
                using var source = new CancellationTokenSource();
                Task<int> read = stream.ReadAsync(buffer, source.Token).AsTask();
                loop.CallSoonThreadSafe(() => peer.Write([(byte)7]));
                await source.CancelAsync();
                int count;
                try
                {
                    count = await read;
                }
                catch (OperationCanceledException)
                {
                    count = await stream.ReadAsync(buffer);
                }

                Assert.Equal(1, count);
            }
        });
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_OfNoBytes_WaitsUntilThereAreSome(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        Task<int> read = stream.ReadAsync(Memory<byte>.Empty).AsTask();
        await Aio.Sleep(5.Milliseconds());
        Assert.False(read.IsCompleted);
        pair.Server.Writer.Write("x"u8);
        Assert.Equal(0, await read);
        Assert.Equal(1, await stream.ReadAsync(new byte[10]));
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_SecondAtATime_IsAnError(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        Task<int> first = stream.ReadAsync(new byte[1]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.ReadAsync(new byte[1]).AsTask());
        pair.Server.Writer.Write("x"u8);
        Assert.Equal(1, await first);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Write_SlowPeer_WaitsForRoom(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        Task writing = Task.Run(async () =>
        {
            byte[] block = new byte[100_000];
            for (int i = 0; i < 300; i++)
            {
                await stream.WriteAsync(block);
            }

            await stream.DisposeAsync();
        });

        // Until nothing moves any more: the system's buffers are full, and so are ours.
        long last = 0;
        int still = 0;
        await Until(() =>
        {
            long size = pair.Client.Transport.WriteBufferSize;
            Assert.InRange(size, 0, (64 * 1024) + 100_000);
            still = size == last && size > 64 * 1024 ? still + 1 : 0;
            last = size;
            return still == 20;
        });
        Assert.False(writing.IsCompleted);
        Assert.Equal(30_000_000, (await pair.Server.Reader.ReadToEndAsync()).Length);
        await writing;
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Read_PeerResets_ThrowsIOExceptionWithTheCause(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        Task<int> read = stream.ReadAsync(new byte[1]).AsTask();
        pair.Server.Writer.Abort();
        IOException error = await Assert.ThrowsAsync<IOException>(() => read);
        Assert.IsType<System.Net.Sockets.SocketException>(error.InnerException);
        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(new byte[1]).AsTask());
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Dispose_FromAnotherThread_EndsTheWaitingReadAndCloses(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        Task<int> read = stream.ReadAsync(new byte[1]).AsTask();
        await Task.Run(stream.Dispose);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => read);
        Assert.Empty(await pair.Server.Reader.ReadToEndAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1]).AsTask());
        Assert.False(stream.CanRead);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Read_LoopEnds_DoesNotHang(PollerBackend backend)
    {
        Task<int>? read = null;
        Stream? stream = null;
        Run(backend, async () =>
        {
            var pair = await StreamPair.OpenAsync();
            stream = pair.Client.AsStream();
            read = stream.ReadAsync(new byte[1]).AsTask();
        });
        await Assert.ThrowsAsync<ObjectDisposedException>(() => read!);
        Assert.Throws<ObjectDisposedException>(() => stream!.ReadByte());
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void HttpClient_OverAConnection_GetsTheAnswers(PollerBackend backend) => Run(backend, async () =>
    {
        Server server = await Aio.StartServer(TinyHttp.ServeAsync, "127.0.0.1", 0);
        EventLoop loop = EventLoop.Running;
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) => await loop.OpenStreamThreadSafe(
                context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken: cancellation),
        };
        using var client = new HttpClient(handler);
        for (int i = 0; i < 5; i++)
        {
            string body = await client.GetStringAsync($"http://127.0.0.1:{PortOf(server)}/page/{i}");
            Assert.Equal($"you asked for /page/{i}", body);
        }

        string[] bodies = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => client.GetStringAsync($"http://127.0.0.1:{PortOf(server)}/{i}")));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"you asked for /{i}"), bodies);
        server.Close();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void OpenStreamThreadSafe_Refused_ReachesTheCaller(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        int port = ClosedPort();
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(
            () => Task.Run(() => loop.OpenStreamThreadSafe("127.0.0.1", port)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(
            () => loop.OpenStreamThreadSafe("127.0.0.1", port, null, new CancellationToken(canceled: true))));
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void SslStream_OverBothEnds_TransfersEverything(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        using X509Certificate2 certificate = SelfSigned("localhost");
        using var client = new SslStream(pair.Client.AsStream());
        using var server = new SslStream(pair.Server.AsStream());
        Task accepting = Task.Run(() => server.AuthenticateAsServerAsync(certificate));
        await Task.Run(() => client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = SslProtocols.None,
            RemoteCertificateValidationCallback = (_, presented, _, _) =>
                presented!.GetCertHashString() == certificate.GetCertHashString(),
        }));
        await accepting;
        await Task.Run(() => TransferAsync(client, server));
    });

    private static async Task TransferAsync(Stream from, Stream to)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(5_000_000);
        Task writing = Write();
        byte[] received = new byte[sent.Length];
        await to.ReadExactlyAsync(received);
        await writing;
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
        await from.DisposeAsync();
        Assert.Equal(0, await to.ReadAsync(new byte[1]));

        async Task Write()
        {
            await from.WriteAsync(sent);
            await from.FlushAsync();
        }
    }

    private static X509Certificate2 SelfSigned(string host)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(
            new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2120, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }
}
