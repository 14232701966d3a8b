using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gyre.Soak;

/// <summary>One connection over which both ends send a large number of bytes at once.</summary>
/// <remarks>The end that closes its direction first still receives: the other end sends a trailer after it has seen the
/// end.</remarks>
internal sealed class Transfer
{
    private const int SendBuffer = 4096;
    private const int TrailerSize = 1 << 20;
    private const int ReadSize = 64 * 1024;

    private long _worstBuffered;

    public required int WriteSize { get; init; }

    public required long Total { get; init; }

    /// <summary>The readers rest now and then, so that the writers have to wait.</summary>
    public required bool IsSlow { get; init; }

    public required bool ServerClosesFirst { get; init; }

    public async Coroutine Run(Verdict verdict)
    {
        long start = Stopwatch.GetTimestamp();
        EventLoop loop = EventLoop.Running;
        Future<End> accepted = loop.CreateFuture<End>();
        await using Server server = await Aio.StartServer(
            async (reader, writer) =>
            {
                End end = await Exchange(reader, writer, closesFirst: ServerClosesFirst);
                accepted.SetResult(end);
            },
            "127.0.0.1",
            0);
        await using Connection connection = await Aio.OpenConnection((IPEndPoint)server.EndPoints[0]);
        End client = await Exchange(connection.Reader, connection.Writer, closesFirst: !ServerClosesFirst);
        End atServer = await accepted;

        string first = ServerClosesFirst ? "server" : "client";
        string name = $"write {WriteSize,9:N0}{(IsSlow ? ", slow reader" : "")}, {first} closes first";
        bool equal = client.Sent == atServer.Received && atServer.Sent == client.Received;
        long limit = connection.Transport.WriteBufferLimits.High + WriteSize;
        string figures = $"{Total:N0} bytes each way in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s";
        verdict.Check(equal, $"{name}: equal SHA-256, {figures}");
        verdict.Check(_worstBuffered <= limit, $"{name}: at most {_worstBuffered:N0} bytes unsent, limit {limit:N0}");
    }

    private async Coroutine<End> Exchange(LoopStreamReader reader, LoopStreamWriter writer, bool closesFirst)
    {
        writer.Transport.Socket!.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.SendBuffer, SendBuffer);
        Future<bool> peerIsDone = EventLoop.Running.CreateFuture<bool>();
        LoopTask<string> receiving = Aio.CreateTask(Receive(reader, peerIsDone));
        using var source = new ByteSource(WriteSize);
        await Send(writer, source, Total);
        if (!closesFirst)
        {
            await peerIsDone;
            await Send(writer, source, TrailerSize);
        }

        writer.WriteEof();
        string received = await receiving;
        writer.Close();
        await writer.WaitClosedAsync();
        return new End(source.Hash(), received);
    }

    private async Coroutine Send(LoopStreamWriter writer, ByteSource source, long total)
    {
        for (long sent = 0; sent < total;)
        {
            ReadOnlyMemory<byte> piece = source.Next((int)Math.Min(WriteSize, total - sent));
            writer.Write(piece);
            sent += piece.Length;
            _worstBuffered = Math.Max(_worstBuffered, writer.Transport.WriteBufferSize);
            await writer.DrainAsync();
        }
    }

    private async Coroutine<string> Receive(LoopStreamReader reader, Future<bool> done)
    {
        using var sink = new ByteSink();
        byte[] buffer = new byte[ReadSize];
        long sinceRest = 0;
        while (await reader.ReadAsync(buffer.AsMemory()) is var count and > 0)
        {
            sink.Add(buffer.AsSpan(0, count));
            sinceRest += count;
            if (IsSlow && sinceRest > 1 << 20)
            {
                sinceRest = 0;
                await Aio.Sleep(TimeSpan.FromMilliseconds(1));
            }
        }

        done.SetResult(true);
        return sink.Hash();
    }

    /// <summary>What one end has sent and received, as hashes.</summary>
    private sealed record End(string Sent, string Received);
}
