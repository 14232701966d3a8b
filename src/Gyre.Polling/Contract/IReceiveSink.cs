using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>Hears of bytes that a socket received.</summary>
/// <remarks>Order: bytes as they were sent, then at the most one of <see cref="OnEndOfInput"/> and
/// <see cref="OnReceiveFailed"/>.</remarks>
public interface IReceiveSink
{
    /// <summary>Bytes arrived.</summary>
    /// <param name="data">At least one byte. Valid during the call only: the memory is shared by all
    /// sockets.</param>
    void OnReceived(ReadOnlySpan<byte> data);

    /// <summary>The peer ended its direction. Receiving has stopped; sending goes on.</summary>
    void OnEndOfInput();

    /// <summary>Receiving failed and has stopped.</summary>
    /// <param name="error">For example <see cref="SocketError.ConnectionReset"/>.</param>
    void OnReceiveFailed(SocketError error);
}
