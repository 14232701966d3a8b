using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>Hears of datagrams that a socket received.</summary>
/// <remarks>A failure of one datagram, or of one that was sent before, ends nothing: receiving goes on until
/// <see cref="PollSocket.StopReceiving"/> or <see cref="OnReceiveFailed"/>.</remarks>
public interface IDatagramSink
{
    /// <summary>A datagram arrived, whole.</summary>
    /// <param name="data">It may be empty. Valid during the call only: the memory is shared by all
    /// sockets.</param>
    /// <param name="from">Who sent it. The same object for datagrams of the same sender, as long as it is
    /// remembered: do not change it. A Unix socket that is bound to nothing has an empty path.</param>
    void OnDatagram(ReadOnlySpan<byte> data, EndPoint from);

    /// <summary>A datagram was lost, and the system, or the poller, knows of it.</summary>
    /// <param name="error"><see cref="SocketError.ConnectionRefused"/> when nobody listens where a datagram was
    /// sent to; <see cref="SocketError.MessageSize"/> when one arrived that is longer than 256 KiB.</param>
    void OnDatagramFailed(SocketError error);

    /// <summary>Receiving has stopped: the socket is of no use any more.</summary>
    /// <param name="error">For example <see cref="SocketError.NotSocket"/>, when somebody else closed the
    /// descriptor.</param>
    void OnReceiveFailed(SocketError error);
}
