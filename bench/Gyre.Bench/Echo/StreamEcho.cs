using System.Net.Sockets;

namespace Gyre.Bench;

/// <summary>The same with streams: one coroutine a connection.</summary>
/// <remarks>The coroutines of a loop share one buffer, which is hot: a read that waits leaves it alone until its own
/// coroutine goes on, and here nobody waits between a read and the write of what it got.</remarks>
internal static class StreamEcho
{
    public const int BufferSize = 128 * 1024;

    [ThreadStatic]
    private static byte[]? t_buffer;

    public static async Coroutine Serve(LoopStreamReader reader, LoopStreamWriter writer)
    {
        byte[] buffer = t_buffer ??= GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
        try
        {
            while (await reader.ReadAsync(buffer.AsMemory()) is var count and > 0)
            {
                writer.Write(buffer.AsSpan(0, count));
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
