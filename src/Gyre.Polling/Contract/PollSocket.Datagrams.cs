using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

// Datagram sockets: of UDP, or Unix. Each datagram goes out and comes in as a whole, or not at all.
public abstract partial class PollSocket
{
    /// <summary>Starts to receive datagrams until <see cref="StopReceiving"/>.</summary>
    /// <param name="sink">Hears of each.</param>
    /// <remarks>One turn may bring several. What the sink has not seen when it stops stays for the next
    /// start.</remarks>
    /// <exception cref="InvalidOperationException">It is no datagram socket, or is receiving
    /// already.</exception>
    public abstract void StartReceivingFrom(IDatagramSink sink);

    /// <summary>Sends a datagram if the system takes it at once.</summary>
    /// <param name="data">The whole datagram; it may be empty. It is not kept.</param>
    /// <param name="remote">Where to, resolved; null for the address that the socket is connected to.</param>
    /// <returns><see cref="SocketError.Success"/>; <see cref="SocketError.WouldBlock"/> when the system takes
    /// nothing now; or why it was not sent. An error may be that of a datagram that was sent before; then too,
    /// this one was not sent, and the socket goes on.</returns>
    /// <exception cref="ArgumentException"><paramref name="remote"/> is a <see cref="DnsEndPoint"/>, or not of
    /// the socket's family.</exception>
    /// <exception cref="InvalidOperationException">It is no datagram socket, or a <see cref="SendTo"/> or
    /// <see cref="Connect"/> is under way.</exception>
    public abstract SocketError TrySendTo(ReadOnlySpan<byte> data, EndPoint? remote);

    /// <summary>Starts to send a datagram, and waits until the system takes it.</summary>
    /// <param name="data">As in <see cref="Send"/>, but it may be empty.</param>
    /// <param name="remote">As in <see cref="TrySendTo"/>. Leave it unchanged until the sink has been
    /// called.</param>
    /// <param name="sink">Hears the outcome: the datagram's length, or 0 and the error. The error is
    /// <see cref="SocketError.WouldBlock"/> for a Unix socket that is full and that this one is not connected to:
    /// no system tells when it has room. Try again later.</param>
    /// <inheritdoc cref="TrySendTo"/>
    public abstract void SendTo(ReadOnlyMemory<byte> data, EndPoint? remote, ISendSink sink);
}
