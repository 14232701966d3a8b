using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling;

/// <summary>A socket whose operations a <see cref="Poller"/> carries out. It never blocks.</summary>
/// <remarks>
/// <para>Owner thread only. Each direction has at most one operation under way: one of accepting and
/// receiving, one of connecting and sending; a second is an <see cref="InvalidOperationException"/>. No sink
/// is called from inside the call that starts an operation, and none after the operation was stopped or the
/// socket closed.</para>
/// <para>A socket is of a stream or of datagrams, and the members that receive and send for the other kind are an
/// <see cref="InvalidOperationException"/>.</para>
/// <para>An operation that ends calls its sink last: the sink may start the next one, or close the socket.
/// Every member but the stopping ones, <see cref="Close"/> and <see cref="IsClosed"/> throws
/// <see cref="ObjectDisposedException"/> once the socket is closed.</para>
/// </remarks>
public abstract partial class PollSocket : IDisposable
{
    /// <summary>The socket itself, for options. Do not send, receive, or close through it.</summary>
    /// <remarks>Made when it is first asked for, which costs ten system calls or so. For addresses and
    /// <see cref="NoDelay"/> there are the members below.</remarks>
    public abstract Socket Socket { get; }

    /// <summary>Whether <see cref="Close"/> was called.</summary>
    public abstract bool IsClosed { get; }

    /// <summary>The address of this end, or null when there is none yet.</summary>
    public virtual EndPoint? LocalEndPoint => Socket.LocalEndPoint;

    /// <summary>The address of the other end, or null when there is none, or the system no longer
    /// knows.</summary>
    public virtual EndPoint? RemoteEndPoint => Socket.RemoteEndPoint;

    /// <summary>Whether small pieces go out at once instead of waiting for more (TCP_NODELAY). False on
    /// sockets that are not TCP, where setting it does nothing.</summary>
    /// <exception cref="SocketException">The system refused to set it.</exception>
    public abstract bool NoDelay { get; set; }

    /// <summary>Starts to connect. The sink hears the outcome once.</summary>
    /// <param name="remote">An address, of the socket's family; an IPv4 address also suits a dual-mode
    /// socket.</param>
    /// <param name="sink">Hears the outcome.</param>
    /// <remarks>Only <see cref="Close"/> stops it. After a failure, close the socket.</remarks>
    /// <exception cref="ArgumentException"><paramref name="remote"/> is a <see cref="DnsEndPoint"/>: resolve
    /// it first.
    /// </exception>
    public abstract void Connect(EndPoint remote, IConnectSink sink);

    /// <summary>Starts to accept connections until <see cref="StopAccepting"/>.</summary>
    /// <param name="sink">Hears of each connection.</param>
    /// <exception cref="InvalidOperationException">The socket is not listening, or it is accepting
    /// already.</exception>
    public abstract void StartAccepting(IAcceptSink sink);

    /// <summary>Stops to accept. Connections that nobody has accepted wait for the next start. Does nothing
    /// when nothing is being accepted.</summary>
    public abstract void StopAccepting();

    /// <summary>Starts to receive until <see cref="StopReceiving"/>, the end of the input or an
    /// error.</summary>
    /// <param name="sink">Hears of each piece of input. An <see cref="IBufferedReceiveSink"/> gives its own
    /// buffers.</param>
    public abstract void StartReceiving(IReceiveSink sink);

    /// <summary>Stops to receive. Bytes that the sink has not seen stay for the next start; none is lost.
    /// Does nothing when nothing is being received.</summary>
    public abstract void StopReceiving();

    /// <summary>Sends what the system takes at once.</summary>
    /// <remarks>A backend may gather small pieces: what it took leaves with the next <see cref="Poller.Poll"/>,
    /// before that waits, in order, and before a later <see cref="Shutdown"/> or orderly <see cref="Close"/> ends
    /// the direction. <see cref="Poller.HasOperations"/> is true until then. A failure of such a piece is the error
    /// of the next send.</remarks>
    /// <param name="data">The bytes. They are not kept.</param>
    /// <param name="error"><see cref="SocketError.Success"/>, or why nothing was sent.</param>
    /// <returns>The number of bytes sent, perhaps fewer than given. 0 with
    /// <see cref="SocketError.WouldBlock"/> when the system takes none now, or when this backend prefers
    /// <see cref="Send"/>.</returns>
    /// <exception cref="InvalidOperationException">A <see cref="Send"/> or <see cref="Connect"/> is under
    /// way.</exception>
    public abstract int TrySend(ReadOnlySpan<byte> data, out SocketError error);

    /// <summary>Starts to send. The sink hears once how many bytes went out, at least one, or the
    /// error.</summary>
    /// <param name="data">The bytes, at least one. The system may read them at any time until the sink has
    /// been called: leave them unchanged, and in memory that does not move (an array of the pinned heap, or
    /// native memory). When the socket is closed before, they stay the poller's: do not reuse that
    /// memory.</param>
    /// <param name="sink">Hears the outcome.</param>
    public abstract void Send(ReadOnlyMemory<byte> data, ISendSink sink);

    /// <summary>Whether <see cref="SendFile"/> is possible on this backend.</summary>
    public virtual bool CanSendFiles => false;

    /// <summary>Starts to send bytes of a file, without carrying them through the program. The sink hears once how
    /// many went out, or the error.</summary>
    /// <param name="file">The file, open for reading. Its position does not matter, and stays. Keep it open until the
    /// sink has been called.</param>
    /// <param name="offset">Where to begin in it.</param>
    /// <param name="count">How many bytes at the most; above <see cref="FileTransmission.CountMax"/> it stands for
    /// that.</param>
    /// <param name="sink">Hears the outcome: how many bytes went out, 0 without an error at the end of the file.
    /// <see cref="SocketError.OperationNotSupported"/>: this file must be read, and sent, by the program.</param>
    /// <remarks>Behind everything that <see cref="TrySend"/> took. Reading a file that is not in memory holds the
    /// owner's thread up.</remarks>
    /// <exception cref="NotSupportedException"><see cref="CanSendFiles"/> is false.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> or <paramref name="count"/> is
    /// negative, or <paramref name="count"/> is zero.</exception>
    public virtual void SendFile(SafeFileHandle file, long offset, long count, ISendSink sink) =>
        throw new NotSupportedException("This backend does not send files. Read the file, and send what was read.");

    /// <summary>Stops a <see cref="SendFile"/>. What has gone out is gone, and the sink has heard of it; what has not stays
    /// unsent, and the sink is not called. Does nothing when no file is being sent.</summary>
    public virtual void StopSendingFile()
    {
    }

    /// <summary>Ends one or both directions of a connection. Bytes already sent are delivered
    /// first.</summary>
    /// <param name="how">The direction. Wait for a <see cref="Send"/> under way before ending that
    /// one.</param>
    /// <returns><see cref="SocketError.Success"/>, or for example <see cref="SocketError.NotConnected"/> when
    /// the connection is gone.</returns>
    public abstract SocketError Shutdown(SocketShutdown how);

    /// <summary>Closes the socket and stops what is under way. Sinks are not called any more.</summary>
    /// <param name="abort">True sends a reset instead of an orderly end and drops unsent bytes. False ends
    /// orderly, except that the system sends a reset too when input has arrived that was not
    /// received.</param>
    /// <remarks>A second call does nothing.</remarks>
    public abstract void Close(bool abort);

    /// <summary>Closes the socket orderly, as <see cref="Close"/> does.</summary>
    public void Dispose()
    {
        Close(abort: false);
        GC.SuppressFinalize(this);
    }
}
