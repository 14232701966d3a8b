using System.Net;
using System.Net.Sockets;

namespace Gyre;

/// <summary>What becomes of the datagrams of an endpoint: a <see cref="DatagramTransport"/> calls it, it sends through
/// the transport.</summary>
/// <remarks>
/// <para>Loop thread only. Order: <see cref="ConnectionMade"/> once, then any number of <see cref="DatagramReceived"/>
/// and <see cref="ErrorReceived"/>, and last <see cref="ConnectionLost"/>, once. <see cref="PauseWriting"/> and
/// <see cref="ResumeWriting"/> come in between, in turns.</para>
/// <para>An exception of any of them is reported to the loop's exception handler, and the endpoint goes on: the next
/// datagram has nothing to do with this one. asyncio: <c>DatagramProtocol</c>.</para>
/// </remarks>
public abstract class DatagramProtocol
{
    /// <summary>The endpoint is open. asyncio: <c>connection_made</c>.</summary>
    /// <param name="transport">The endpoint. Keep it, to send through it.</param>
    public virtual void ConnectionMade(DatagramTransport transport)
    {
    }

    /// <summary>A datagram arrived, whole. asyncio: <c>datagram_received</c>.</summary>
    /// <param name="data">It may be empty. Valid during the call only.</param>
    /// <param name="from">Who sent it. Often the same object for the same sender: do not change it. A Unix socket that
    /// is bound to nothing has an empty path, and cannot be answered.</param>
    public virtual void DatagramReceived(ReadOnlySpan<byte> data, EndPoint from)
    {
    }

    /// <summary>A datagram was lost, and the system knows of it; the endpoint goes on. asyncio:
    /// <c>error_received</c>.</summary>
    /// <param name="error">For example <see cref="SocketError.ConnectionRefused"/>: nobody listens where this endpoint
    /// is connected to. <see cref="SocketError.MessageSize"/>: a datagram was too long to be sent, or to be
    /// received (256 KiB).</param>
    /// <remarks>Also called from inside <see cref="DatagramTransport.SendTo(ReadOnlySpan{byte}, EndPoint?)"/>.</remarks>
    public virtual void ErrorReceived(SocketException error)
    {
    }

    /// <summary>The endpoint is over; the transport closes the socket after this call. asyncio:
    /// <c>connection_lost</c>.</summary>
    /// <param name="error">Why, or null when it was closed or aborted.</param>
    public virtual void ConnectionLost(Exception? error)
    {
    }

    /// <summary>The transport holds more unsent bytes than its high-water mark: stop sending. asyncio:
    /// <c>pause_writing</c>.</summary>
    /// <remarks>Called from inside <see cref="DatagramTransport.SendTo(ReadOnlySpan{byte}, EndPoint?)"/>.</remarks>
    public virtual void PauseWriting()
    {
    }

    /// <summary>The unsent bytes are down to the low-water mark: go on sending. asyncio:
    /// <c>resume_writing</c>.</summary>
    public virtual void ResumeWriting()
    {
    }
}
