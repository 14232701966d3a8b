using System.Diagnostics;

namespace Gyre.Soak;

/// <summary>One connection over which both ends send a large number of bytes at once.</summary>
/// <remarks>The end that closes its direction first still receives: the other end sends a trailer after it has seen the
/// end. Where a direction cannot be closed alone, as in TLS, the end that is to close first does so when it has
/// everything.</remarks>
internal sealed class Transfer
{
    private const int TrailerSize = 1 << 20;
    private const int ReadSize = 64 * 1024;

    /// <summary>The reader asks its transport to pause above two limits; one receive may be under way then.</summary>
    private const int UnreadMax = (2 * LoopStreamReader.DefaultLimit) + (256 * 1024);

    private long _mostUnsent;
    private long _mostUnread;

    /// <summary>What the connection is made of: one of <see cref="Link.Kinds"/>.</summary>
    public required string Kind { get; init; }

    public required int WriteSize { get; init; }

    public required long Total { get; init; }

    /// <summary>The readers rest now and then, so that the writers have to wait.</summary>
    public required bool IsSlow { get; init; }

    public required bool ServerClosesFirst { get; init; }

    public async Coroutine Run(Verdict verdict)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        await using Link link = await Link.OpenAsync(Kind);
        Hashes[] ends = await Aio.Gather(
            Exchange(link.Client, closesFirst: !ServerClosesFirst),
            Exchange(link.Accepted, closesFirst: ServerClosesFirst));

        string first = ServerClosesFirst ? "server" : "client";
        string name = $"{Kind,-4} write {WriteSize,9:N0}, {(IsSlow ? "slow" : "fast")} reader, {first} closes first";
        bool equal = ends[0].Sent == ends[1].Received && ends[1].Sent == ends[0].Received;
        long limit = link.Client.Writer.Transport.WriteBufferLimits.High + WriteSize;
        string time = $"{Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s";
        string used = $"{(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:F1} s of processor time";
        verdict.Check(equal, $"{name}: equal SHA-256, {Total:N0} bytes each way in {time}, {used}");
        verdict.Check(
            _mostUnsent <= limit && _mostUnread <= UnreadMax,
            $"{name}: at most {_mostUnsent:N0} bytes unsent, limit {limit:N0}; {_mostUnread:N0} unread, limit {UnreadMax:N0}");
    }

    private async Coroutine<Hashes> Exchange(LinkEnd end, bool closesFirst)
    {
        bool canHalfClose = end.Writer.CanWriteEof;
        Future<bool> peerIsDone = EventLoop.Running.CreateFuture<bool>();
        LoopTask<string> receiving = Aio.CreateTask(
            Receive(end.Reader, canHalfClose || !closesFirst ? long.MaxValue : Total, peerIsDone));
        using var source = new ByteSource(WriteSize);
        await Send(end.Writer, source, Total);
        if (!closesFirst)
        {
            await peerIsDone;
            if (canHalfClose)
            {
                await Send(end.Writer, source, TrailerSize);
            }
        }

        if (canHalfClose)
        {
            end.Writer.WriteEof();
        }

        string received = await receiving;
        await end.CloseAsync();
        return new Hashes(source.Hash(), received);
    }

    private async Coroutine Send(LoopStreamWriter writer, ByteSource source, long total)
    {
        for (long sent = 0; sent < total;)
        {
            ReadOnlyMemory<byte> piece = source.Next((int)Math.Min(WriteSize, total - sent));
            writer.Write(piece);
            sent += piece.Length;
            _mostUnsent = Math.Max(_mostUnsent, writer.Transport.WriteBufferSize);
            await writer.DrainAsync();
        }
    }

    /// <summary>Reads so many bytes, or to the end.</summary>
    private async Coroutine<string> Receive(LoopStreamReader reader, long most, Future<bool> done)
    {
        using var sink = new ByteSink();
        byte[] buffer = new byte[ReadSize];
        long sinceRest = 0;
        while (most > 0 && await reader.ReadAsync(buffer.AsMemory()) is var count and > 0)
        {
            _mostUnread = Math.Max(_mostUnread, reader.BufferedCount + count);
            sink.Add(buffer.AsSpan(0, count));
            most -= count;
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

    /// <summary>What one end has sent and received.</summary>
    private sealed record Hashes(string Sent, string Received);
}
