using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>Hears the outcome of <see cref="PollSocket.Send"/>.</summary>
public interface ISendSink
{
    /// <summary>Bytes went out, or <paramref name="error"/> says why none did. Called once for each
    /// send.</summary>
    /// <param name="count">How many bytes the system took: at least one without an error, else 0. They may be
    /// fewer than were given.</param>
    /// <param name="error"><see cref="SocketError.Success"/>, or the reason of the failure.</param>
    void OnSent(int count, SocketError error);
}
