using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Notes the outcome of a connect.</summary>
internal sealed class ConnectRecorder : IConnectSink
{
    public int Calls { get; private set; }

    public bool IsDone => Calls > 0;

    public SocketError Error { get; private set; }

    public void OnConnected(SocketError error)
    {
        Calls++;
        Error = error;
    }
}
