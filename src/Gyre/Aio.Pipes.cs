using System.Runtime.InteropServices;

namespace Gyre;

public static partial class Aio
{
    /// <summary>Reads from a pipe, a FIFO, a terminal or another character device. asyncio: <c>connect_read_pipe</c> with a
    /// <c>StreamReaderProtocol</c>.</summary>
    /// <param name="pipe">The reading end. It is the reader's from here on; a handle that does not own its descriptor
    /// leaves that open.</param>
    /// <param name="limit">See <see cref="LoopStreamReader.Limit"/>.</param>
    /// <returns>The reader. It ends when all writers have closed the pipe; its <c>Close</c> closes it before.</returns>
    /// <remarks>Loop thread only. On cancel: the pipe is closed. See <c>loop.ConnectReadPipe</c>.</remarks>
    /// <exception cref="ArgumentException">The handle is of a regular file or a folder.</exception>
    /// <exception cref="PlatformNotSupportedException">Pipes take Linux.</exception>
    public static Coroutine<LoopStreamReader> OpenPipeReader(
        SafeHandle pipe, int limit = LoopStreamReader.DefaultLimit)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        return PipeOpening.OpenReaderAsync(EventLoop.Running, pipe, limit);
    }

    /// <summary>Writes to a pipe, a FIFO, a terminal or another character device. asyncio: <c>connect_write_pipe</c> with a
    /// <c>StreamWriter</c>.</summary>
    /// <param name="pipe">The writing end. It is the writer's from here on; a handle that does not own its descriptor
    /// leaves that open.</param>
    /// <returns>The writer. Closing it, or <c>WriteEof</c>, closes the pipe once everything is written.</returns>
    /// <remarks>Loop thread only. On cancel: the pipe is closed. See <c>loop.ConnectWritePipe</c>.</remarks>
    /// <exception cref="ArgumentException">The handle is of a regular file or a folder.</exception>
    /// <exception cref="PlatformNotSupportedException">Pipes take Linux.</exception>
    public static Coroutine<LoopStreamWriter> OpenPipeWriter(SafeHandle pipe)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        return PipeOpening.OpenWriterAsync(EventLoop.Running, pipe);
    }

    /// <summary>Reads the process's standard input: a pipe, a terminal, or <c>/dev/null</c>.</summary>
    /// <param name="limit">See <see cref="LoopStreamReader.Limit"/>.</param>
    /// <remarks>Loop thread only. On cancel: nothing is read. Closing the reader leaves the standard input open, and makes it
    /// blocking again.</remarks>
    /// <exception cref="ArgumentException">The standard input is a file, as after <c>&lt; file</c>: read it through
    /// <see cref="Console.In"/>.</exception>
    /// <exception cref="PlatformNotSupportedException">Pipes take Linux.</exception>
    public static Coroutine<LoopStreamReader> OpenStandardInput(int limit = LoopStreamReader.DefaultLimit) =>
        OpenPipeReader(PipeOpening.StandardHandle(0), limit);

    /// <summary>Writes to the process's standard output: a pipe, a terminal, or <c>/dev/null</c>.</summary>
    /// <remarks>Loop thread only. Closing the writer leaves the standard output open. Do not write through
    /// <see cref="Console"/> meanwhile: the order would be anybody's guess.</remarks>
    /// <exception cref="ArgumentException">The standard output is a file, as after <c>&gt; file</c>: write to
    /// <see cref="Console.Out"/>.</exception>
    /// <exception cref="PlatformNotSupportedException">Pipes take Linux.</exception>
    public static Coroutine<LoopStreamWriter> OpenStandardOutput() => OpenPipeWriter(PipeOpening.StandardHandle(1));

    /// <summary>Writes to the process's standard error.</summary>
    /// <inheritdoc cref="OpenStandardOutput"/>
    public static Coroutine<LoopStreamWriter> OpenStandardError() => OpenPipeWriter(PipeOpening.StandardHandle(2));
}
