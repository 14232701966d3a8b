using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>A socket whose operations a <see cref="Poller"/> carries out. It never blocks.</summary>
/// <remarks>
/// Owner thread only. Each direction has at most one operation under way: one of accepting and receiving, one of
/// connecting and sending. No sink is called from inside the call that starts an operation, and none
/// after the operation was stopped or the socket closed.
/// </remarks>
public abstract class PollSocket : IDisposable
{
    /// <summary>The socket itself, for options and addresses. Do not send, receive, or close through it.</summary>
    public abstract Socket Socket { get; }

    /// <summary>Whether <see cref="Dispose()"/> was called.</summary>
    public abstract bool IsClosed { get; }

    /// <summary>Starts to connect. The sink hears the outcome once.</summary>
    public abstract void Connect(EndPoint remote, IConnectSink sink);

    /// <summary>Starts to accept connections until <see cref="StopAccepting"/>. The socket must be listening.</summary>
    public abstract void StartAccepting(IAcceptSink sink);

    /// <summary>Stops to accept. Connections that nobody has accepted stay in the system's backlog.</summary>
    public abstract void StopAccepting();

    /// <summary>Starts to receive until <see cref="StopReceiving"/>, the end of the input or an error.</summary>
    /// <param name="sink">Hears of each piece of input. An <see cref="IBufferedReceiveSink"/> gives its own buffers.</param>
    public abstract void StartReceiving(IReceiveSink sink);

    /// <summary>Stops to receive. Bytes that the sink has not seen stay for the next start; none is lost.</summary>
    public abstract void StopReceiving();

    /// <summary>Sends what the system takes at once.</summary>
    /// <param name="data">The bytes. They are not kept.</param>
    /// <param name="error"><see cref="SocketError.Success"/>, or why nothing was sent.</param>
    /// <returns>The number of bytes sent. 0 with <see cref="SocketError.WouldBlock"/> when the system
    /// takes none now, or when this backend prefers <see cref="Send"/>.</returns>
    public abstract int TrySend(ReadOnlySpan<byte> data, out SocketError error);

    /// <summary>Starts to send. The sink hears once how many bytes went out, at least one, or the error.</summary>
    /// <param name="data">The bytes, at least one. Unchanged until the sink has been called, and, as the system may read
    /// them at any time, in an array of the pinned heap.</param>
    /// <param name="sink">Hears the outcome.</param>
    public abstract void Send(ReadOnlyMemory<byte> data, ISendSink sink);

    /// <summary>Ends one or both directions of a connection. Bytes already sent are delivered first.</summary>
    public abstract SocketError Shutdown(SocketShutdown how);

    /// <summary>Closes the socket and stops what is under way. Sinks are not called any more.</summary>
    /// <param name="abort">True sends a reset instead of an orderly end and drops unsent bytes.</param>
    public abstract void Close(bool abort);

    /// <inheritdoc/>
    public void Dispose()
    {
        Close(abort: false);
        GC.SuppressFinalize(this);
    }
}
