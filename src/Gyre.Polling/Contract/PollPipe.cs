using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>A descriptor that bytes are read from or written to as they come and as there is room: a pipe, a FIFO, a
/// terminal or another character device, or a socket that is used as one of these. It never blocks.</summary>
/// <remarks>Owner thread only. Each direction has at most one operation under way. No sink is called from inside the
/// call that starts an operation, and none after the operation was stopped or the pipe closed. An operation that ends
/// calls its sink last: the sink may start the next one, or close. Every member but <see cref="StopReading"/>,
/// <see cref="Close"/>, <see cref="IsClosed"/> and <see cref="Handle"/> throws <see cref="ObjectDisposedException"/> once
/// the pipe is closed.</remarks>
public abstract class PollPipe : IDisposable
{
    /// <summary>The handle that was attached. Closed with the pipe, if it owns its descriptor.</summary>
    public abstract SafeHandle Handle { get; }

    /// <summary>Whether <see cref="Close"/> was called.</summary>
    public abstract bool IsClosed { get; }

    /// <summary>Whether <see cref="WatchHangUp"/> can ever say something. False for terminals and other
    /// devices.</summary>
    public abstract bool CanHangUp { get; }

    /// <summary>Starts to read until <see cref="StopReading"/>, the end of the input or an error.</summary>
    /// <param name="sink">Hears of each piece of input. An <see cref="IBufferedReceiveSink"/> gives its own
    /// buffers.</param>
    /// <remarks>The end of a pipe comes when all its writers have closed it. A FIFO that nobody has opened for writing
    /// yet has not ended.</remarks>
    /// <exception cref="InvalidOperationException">It is being read already.</exception>
    public abstract void StartReading(IReceiveSink sink);

    /// <summary>Stops to read. Bytes that the sink has not seen stay for the next start. Does nothing when nothing is
    /// being read.</summary>
    public abstract void StopReading();

    /// <summary>Writes what the system takes at once.</summary>
    /// <param name="data">The bytes. They are not kept.</param>
    /// <param name="error"><see cref="SocketError.Success"/>; <see cref="SocketError.WouldBlock"/> when the system takes
    /// none now; <see cref="SocketError.Shutdown"/> when nobody reads any more; or another failure.</param>
    /// <returns>The number of bytes written, perhaps fewer than given.</returns>
    /// <exception cref="InvalidOperationException">A <see cref="Write"/> is under way.</exception>
    public abstract int TryWrite(ReadOnlySpan<byte> data, out SocketError error);

    /// <summary>Starts to write. The sink hears once how many bytes went out, at least one, or the error.</summary>
    /// <param name="data">The bytes, at least one. Leave them unchanged until the sink has been called, or the pipe was
    /// closed.</param>
    /// <param name="sink">Hears the outcome.</param>
    /// <exception cref="InvalidOperationException">A write is under way.</exception>
    public abstract void Write(ReadOnlyMemory<byte> data, ISendSink sink);

    /// <summary>Has the sink told once when nobody reads any more.</summary>
    /// <param name="sink">Hears of it. Never, where <see cref="CanHangUp"/> is false.</param>
    /// <exception cref="InvalidOperationException">It is watched already.</exception>
    public abstract void WatchHangUp(IHangUpSink sink);

    /// <summary>Closes the pipe and stops what is under way. Sinks are not called any more. Bytes that were written stay
    /// for the reader.</summary>
    /// <remarks>A second call does nothing. Where attaching made the descriptor non-blocking, this makes it blocking
    /// again: others may share it.</remarks>
    public abstract void Close();

    /// <summary>Closes the pipe, as <see cref="Close"/> does.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }
}
