using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>A watch of a descriptor that stays its owner's: it tells when that can be read from or written
/// to.</summary>
/// <remarks>
/// <para>Owner thread only. There is one watch for each open descriptor of a poller, and it costs nothing until
/// something is asked of it. Each direction has one sink at the most; a new one takes the place of the old
/// one, which is not called any more, even if it was about to be. No sink is called from inside the call that
/// names it.</para>
/// <para>Take the sinks away before the descriptor is closed: the system does not tell that it was. A watch never
/// keeps a descriptor alive that nobody waits for.</para>
/// </remarks>
public abstract class PollWatch
{
    /// <summary>What the caller keeps with the descriptor. The poller does not look at it.</summary>
    public object? State { get; set; }

    /// <summary>Who hears of input, or null.</summary>
    public abstract IWatchSink? InputSink { get; }

    /// <summary>Who hears of room for output, or null.</summary>
    public abstract IWatchSink? OutputSink { get; }

    /// <summary>Has each <see cref="Poller.Poll"/> tell the sink while there is something to read, until
    /// <see cref="StopInput"/> (level-triggered).</summary>
    /// <param name="sink">Hears of it. When both directions are ready, before the other one's.</param>
    /// <exception cref="InvalidOperationException">The system cannot watch this kind of descriptor.</exception>
    public abstract void WatchInput(IWatchSink sink);

    /// <summary>Has each <see cref="Poller.Poll"/> tell the sink while there is room for output, until
    /// <see cref="StopOutput"/> (level-triggered).</summary>
    /// <param name="sink">Hears of it.</param>
    /// <exception cref="InvalidOperationException">The system cannot watch this kind of descriptor.</exception>
    public abstract void WatchOutput(IWatchSink sink);

    /// <summary>Has the sink told once that there may be something to read.</summary>
    /// <param name="sink">Hears of it once.</param>
    /// <remarks>Call it right after an attempt that found nothing (<see cref="SocketError.WouldBlock"/>): what came
    /// before that is not told. Cheaper than <see cref="WatchInput"/> for waits that come again: the registration stays
    /// with the system.</remarks>
    /// <exception cref="InvalidOperationException">The system cannot watch this kind of descriptor.</exception>
    public abstract void WaitForInput(IWatchSink sink);

    /// <summary>Has the sink told once that there may be room for output, or that a connection stands or has
    /// failed.</summary>
    /// <param name="sink">Hears of it once.</param>
    /// <remarks>As <see cref="WaitForInput"/>.</remarks>
    /// <exception cref="InvalidOperationException">The system cannot watch this kind of descriptor.</exception>
    public abstract void WaitForOutput(IWatchSink sink);

    /// <summary>Takes the sink of the input away, at once.</summary>
    /// <returns>Whether there was one.</returns>
    public abstract bool StopInput();

    /// <summary>Takes the sink of the output away, at once.</summary>
    /// <returns>Whether there was one.</returns>
    public abstract bool StopOutput();

    /// <summary>Receives what is there, without waiting.</summary>
    /// <param name="socket">The socket that this is the watch of. The same holds for the methods below.</param>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="error"><see cref="SocketError.Success"/>; <see cref="SocketError.WouldBlock"/> when nothing is there,
    /// or nothing has been reported since a call that emptied the socket; or the failure.</param>
    /// <returns>How many bytes. 0 without an error: the end of the input.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public abstract int TryReceive(Socket socket, Span<byte> buffer, out SocketError error);

    /// <summary>Sends what there is room for, without waiting.</summary>
    /// <returns>How many bytes.</returns>
    /// <inheritdoc cref="TryReceive"/>
    /// <param name="socket">The socket that this is the watch of.</param>
    /// <param name="data">The bytes. They are not kept.</param>
    /// <param name="error"><see cref="SocketError.Success"/>, <see cref="SocketError.WouldBlock"/> when there is no
    /// room, or the failure.</param>
    public abstract int TrySend(Socket socket, ReadOnlySpan<byte> data, out SocketError error);

    /// <summary>Receives one datagram, without waiting. What does not fit in is lost.</summary>
    /// <param name="socket">The socket that this is the watch of.</param>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="from">Who sent it; null on connections.</param>
    /// <param name="error">As for <see cref="TryReceive"/>.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public abstract int TryReceiveFrom(
        Socket socket, Span<byte> buffer, out EndPoint? from, out SocketError error);

    /// <summary>Sends a datagram, without waiting.</summary>
    /// <param name="socket">The socket that this is the watch of.</param>
    /// <param name="data">The bytes. They are not kept.</param>
    /// <param name="to">An address, not a name.</param>
    /// <param name="error">As for <see cref="TrySend"/>.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public abstract int TrySendTo(Socket socket, ReadOnlySpan<byte> data, EndPoint to, out SocketError error);

    /// <summary>Begins to connect.</summary>
    /// <param name="socket">The socket that this is the watch of.</param>
    /// <param name="remote">An address, not a name.</param>
    /// <returns><see cref="SocketError.Success"/> when the connection stands;
    /// <see cref="SocketError.InProgress"/>: wait for output, then call <see cref="FinishConnect"/>; or the
    /// failure.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public abstract SocketError TryConnect(Socket socket, EndPoint remote);

    /// <summary>Tells what came of <see cref="TryConnect"/>.</summary>
    /// <param name="socket">The socket that this is the watch of.</param>
    /// <param name="remote">The same address.</param>
    /// <returns><see cref="SocketError.InProgress"/> when that is not known yet.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public abstract SocketError FinishConnect(Socket socket, EndPoint remote);

    /// <summary>Accepts a connection, without waiting.</summary>
    /// <param name="listener">The socket that this is the watch of.</param>
    /// <param name="error"><see cref="SocketError.Success"/>, <see cref="SocketError.WouldBlock"/> when there is none,
    /// or the failure.</param>
    /// <returns>The connection, which does not block, or null.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public abstract Socket? TryAccept(Socket listener, out SocketError error);
}
