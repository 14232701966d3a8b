using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>Hears of connections that a listening socket accepted.</summary>
public interface IAcceptSink
{
    /// <summary>A connection was accepted.</summary>
    /// <param name="connection">It belongs to the sink from here on, and lives on the listener's
    /// poller.</param>
    void OnAccepted(PollSocket connection);

    /// <summary>Accepting failed and has stopped. The sink starts it again when it sees fit.</summary>
    /// <param name="error">For example <see cref="SocketError.TooManyOpenSockets"/> when no descriptor is
    /// left. The connections that wait stay in the system's backlog. One that died before it was accepted
    /// is not reported.</param>
    void OnAcceptFailed(SocketError error);
}
