using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>Hears the outcome of <see cref="PollSocket.Connect"/>.</summary>
public interface IConnectSink
{
    /// <summary>The connection stands, or <paramref name="error"/> says why not. Called once.</summary>
    /// <param name="error"><see cref="SocketError.Success"/>, or the reason of the failure.</param>
    void OnConnected(SocketError error);
}
