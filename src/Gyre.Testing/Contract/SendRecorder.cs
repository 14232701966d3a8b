using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Notes the outcome of a send.</summary>
internal sealed class SendRecorder : ISendSink
{
    public int Calls { get; private set; }

    public int Count { get; private set; }

    public SocketError Error { get; private set; }

    public Action? Sent { get; set; }

    public void OnSent(int count, SocketError error)
    {
        Calls++;
        Count = count;
        Error = error;
        Expect.True(count > 0 == (error == SocketError.Success), "Either bytes went out or there is an error.");
        Sent?.Invoke();
    }
}
