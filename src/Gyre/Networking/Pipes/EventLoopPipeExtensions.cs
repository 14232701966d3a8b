using System.Runtime.InteropServices;
using Gyre.Polling;

namespace Gyre;

/// <summary>What a loop offers for pipes, terminals and other character devices.</summary>
public static class EventLoopPipeExtensions
{
    extension(EventLoop loop)
    {
        /// <summary>Reads from a pipe. asyncio: <c>connect_read_pipe</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol. It hears <c>EofReceived</c>, then <c>ConnectionLost</c>, when
        /// all writers have closed the pipe; its answer to the first makes no difference.</param>
        /// <param name="pipe">The reading end of a pipe or FIFO, a terminal or another character device, or a socket. It
        /// is the transport's from here on, which closes it; a handle that does not own its descriptor leaves that
        /// open.</param>
        /// <returns>The transport, after the protocol's <c>ConnectionMade</c>. It only reads: <c>Close</c> and
        /// <c>Abort</c> are the same.</returns>
        /// <remarks>
        /// <para>Loop thread only. On cancel: the pipe is closed. When this fails the handle stays the caller's.</para>
        /// <para>The descriptor is made non-blocking, which a terminal shares with all that is open on it, other processes
        /// included. Closing the transport undoes that. While it is open, leave <see cref="Console"/>'s input
        /// alone.</para>
        /// </remarks>
        /// <exception cref="ArgumentException">The handle is of a regular file or a folder, which never have to be waited
        /// for.</exception>
        /// <exception cref="PlatformNotSupportedException">Pipes take Linux.</exception>
        /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
        public Coroutine<(Transport Transport, TProtocol Protocol)> ConnectReadPipe<TProtocol>(
            Func<TProtocol> protocolFactory, SafeHandle pipe)
            where TProtocol : Protocol =>
            Connect(
                loop,
                protocolFactory,
                pipe,
                static (loop, pipe, protocol, opened) => new ReadPipeTransport(loop, pipe, protocol, opened));

        /// <summary>Writes to a pipe. asyncio: <c>connect_write_pipe</c>.</summary>
        /// <param name="protocolFactory">Makes the protocol. It hears <c>ConnectionLost</c> when the last reader closes the
        /// pipe (not of a terminal): with an <see cref="IOException"/> if bytes were unsent, else with null.</param>
        /// <param name="pipe">The writing end of a pipe or FIFO, a terminal or another character device, or a socket. It
        /// is the transport's from here on, which closes it; a handle that does not own its descriptor leaves that
        /// open.</param>
        /// <returns>The transport, after the protocol's <c>ConnectionMade</c>. It only writes. <c>WriteEof</c> and
        /// <c>Close</c> are the same: they close the pipe once everything is written. <c>Abort</c> drops what is
        /// unsent.</returns>
        /// <inheritdoc cref="ConnectReadPipe{TProtocol}(EventLoop, Func{TProtocol}, SafeHandle)"/>
        public Coroutine<(Transport Transport, TProtocol Protocol)> ConnectWritePipe<TProtocol>(
            Func<TProtocol> protocolFactory, SafeHandle pipe)
            where TProtocol : Protocol =>
            Connect(
                loop,
                protocolFactory,
                pipe,
                static (loop, pipe, protocol, opened) => new WritePipeTransport(loop, pipe, protocol, opened));
    }

    private static Coroutine<(Transport Transport, TProtocol Protocol)> Connect<TProtocol>(
        EventLoop loop,
        Func<TProtocol> protocolFactory,
        SafeHandle pipe,
        Func<EventLoop, PollPipe, Protocol, WaitFuture, PipeTransport> make)
        where TProtocol : Protocol
    {
        ArgumentNullException.ThrowIfNull(protocolFactory);
        ArgumentNullException.ThrowIfNull(pipe);
        return ConnectAsync(loop, protocolFactory, pipe, make);
    }

    private static async Coroutine<(Transport Transport, TProtocol Protocol)> ConnectAsync<TProtocol>(
        EventLoop loop,
        Func<TProtocol> protocolFactory,
        SafeHandle handle,
        Func<EventLoop, PollPipe, Protocol, WaitFuture, PipeTransport> make)
        where TProtocol : Protocol
    {
        TProtocol protocol = protocolFactory() ?? throw new InvalidOperationException(
            "The protocol factory returned null. Return a new protocol for each pipe.");
        var opened = new WaitFuture(loop);
        PipeTransport transport = make(loop, loop.Poller.AttachPipe(handle), protocol, opened);
        try
        {
            await opened;
        }
        catch
        {
            transport.Abort();
            throw;
        }

        return (transport, protocol);
    }
}
