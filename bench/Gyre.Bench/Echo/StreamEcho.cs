using System.Net.Sockets;

namespace Gyre.Bench;

/// <summary>The same with streams: one coroutine a connection.</summary>
internal static class StreamEcho
{
    public const int BufferSize = 128 * 1024;

    public static async Coroutine Serve(LoopStreamReader reader, LoopStreamWriter writer)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
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
