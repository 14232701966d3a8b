using System.Net.Sockets;

namespace Gyre.Bench;

/// <summary>The same with streams: one coroutine a connection.</summary>
/// <remarks>The coroutines of a loop share one buffer, which is hot: a read that waits leaves it alone until its own
/// coroutine goes on, and here nobody waits between a read and the write of what it got.</remarks>
internal static class StreamEcho
{
    public static async Coroutine Serve(LoopStreamReader reader, LoopStreamWriter writer)
    {
        Memory<byte> buffer = HotBuffer.OfThread;
        try
        {
            while (await reader.ReadAsync(buffer) is var count and > 0)
            {
                writer.Write(buffer.Span[..count]);
                await writer.DrainAsync();
            }
        }
        catch (SocketException)
        {
            // The client is gone, which is how a load client ends.
        }

        writer.Close();
    }
}
