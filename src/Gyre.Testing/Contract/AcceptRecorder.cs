using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Keeps the connections that were accepted.</summary>
internal sealed class AcceptRecorder : IAcceptSink
{
    public List<PollSocket> Connections { get; } = [];

    public List<SocketError> Failures { get; } = [];

    public Action<PollSocket>? Accepted { get; set; }

    public void OnAccepted(PollSocket connection)
    {
        Connections.Add(connection);
        Accepted?.Invoke(connection);
    }

    public void OnAcceptFailed(SocketError error) => Failures.Add(error);
}
