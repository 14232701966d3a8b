using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gyre;

/// <summary>Opens pipes with a reader or a writer.</summary>
internal static class PipeOpening
{
    public static async Coroutine<LoopStreamReader> OpenReaderAsync(EventLoop loop, SafeHandle pipe, int limit)
    {
        // Held here until it is returned: the protocol does not.
        var reader = new LoopStreamReader(limit);
        (Transport transport, StreamProtocol protocol) =
            await loop.ConnectReadPipe(() => new StreamProtocol(loop, reader), pipe);

        // The reader holds it, and closes through it; it finds out when both are dropped.
        _ = new LoopStreamWriter(transport, protocol, reader);
        return reader;
    }

    public static async Coroutine<LoopStreamWriter> OpenWriterAsync(EventLoop loop, SafeHandle pipe)
    {
        var reader = new LoopStreamReader();
        (Transport transport, StreamProtocol protocol) =
            await loop.ConnectWritePipe(() => new StreamProtocol(loop, reader), pipe);
        return new LoopStreamWriter(transport, protocol, reader);
    }

    /// <summary>A standard stream, which stays open when its transport is closed.</summary>
    /// <param name="descriptor">0, 1 or 2.</param>
    public static SafeFileHandle StandardHandle(int descriptor) => new(descriptor, ownsHandle: false);
}
