using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

public class ConnectionPipeTests : NetworkTest
{
    [Theory]
    [MemberData(nameof(Backends))]
    public void Pipe_OnOtherThreads_TransfersEverythingAndHalfCloses(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        ConnectionPipe client = pair.Client.AsPipe();
        var server = new ConnectionPipe(pair.Server.Reader, pair.Server.Writer);
        byte[] sent = RandomNumberGenerator.GetBytes(5_000_000);
        Task echo = Task.Run(async () =>
        {
            await server.Input.CopyToAsync(server.Output);
            await server.Output.CompleteAsync();
            await server.Input.CompleteAsync();
        });
        Task write = Task.Run(async () =>
        {
            foreach (byte[] chunk in sent.Chunk(77_777))
            {
                await client.Output.WriteAsync(chunk);
            }

            // Ends this direction; the other one goes on.
            await client.Output.CompleteAsync();
        });
        byte[] back = await Task.Run(() => ReadToEnd(client.Input));
        await write;
        await echo;
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(back));
        await client.Input.CompleteAsync();
        await pair.Client.Writer.WaitClosedAsync();
        await pair.Server.Writer.WaitClosedAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Pipe_OnTheLoopsThread_StaysThere(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        using ConnectionPipe pipe = pair.Client.AsPipe();
        int thread = Environment.CurrentManagedThreadId;
        Task<(string Text, int Thread)> reading = ReadLine();
        await Aio.Yield();
        pair.Server.Writer.WriteText("hello\n");
        Assert.Equal(("hello\n", thread), await reading);
        Assert.Equal(pair.Client.RemoteEndPoint, pipe.Transport.RemoteEndPoint);

        async Task<(string Text, int Thread)> ReadLine()
        {
            ReadResult result = await pipe.Input.ReadAsync().ConfigureAwait(false);
            string text = System.Text.Encoding.ASCII.GetString(result.Buffer.ToArray());
            pipe.Input.AdvanceTo(result.Buffer.End);
            return (text, Environment.CurrentManagedThreadId);
        }
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Complete_OutputWithError_ResetsTheConnection(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        ConnectionPipe pipe = pair.Client.AsPipe();
        await Task.Run(async () => await pipe.Output.CompleteAsync(new FormatException()));
        await Assert.ThrowsAsync<SocketException>(() => pair.Server.Reader.ReadToEndAsync().AsTask());
        pipe.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pipe.Input.ReadAsync().AsTask());
    });

    /// <summary>The end counted as open for ever, and with it the connection.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Complete_UnflushedOutputCannotBeWritten_ResetsTheConnection(PollerBackend backend) => Run(backend, async () =>
    {
        await using var pair = await StreamPair.OpenAsync();
        ConnectionPipe pipe = pair.Client.AsPipe();
        pipe.Output.GetSpan(1)[0] = 1;
        pipe.Output.Advance(1);
        Assert.Throws<InvalidOperationException>(() => pipe.Output.Complete());
        await Assert.ThrowsAsync<SocketException>(() => pair.Server.Reader.ReadToEndAsync().AsTask());
        Assert.True(pair.Client.Transport.IsClosing);
    });

    private static async Task<byte[]> ReadToEnd(PipeReader reader)
    {
        var all = new ArrayBufferWriter<byte>();
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            foreach (ReadOnlyMemory<byte> piece in result.Buffer)
            {
                all.Write(piece.Span);
            }

            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return all.WrittenSpan.ToArray();
            }
        }
    }
}
