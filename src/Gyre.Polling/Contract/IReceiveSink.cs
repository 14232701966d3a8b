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

    /// <summary>Input is there, and the sink is about to be called, after those of other sockets. What it reads here of the
    /// memory that it will need then is in the processor's cache by that time.</summary>
    /// <returns>Some number made of what was read, so that the reads are not optimised away. It has no
    /// meaning.</returns>
    /// <remarks>A poller may leave the call out. Must not throw, and must not change anything. Worthwhile only where there
    /// are more connections than the cache holds.</remarks>
    int LoadAhead() => 0;
}
