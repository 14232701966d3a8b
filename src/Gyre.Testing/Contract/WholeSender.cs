using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Sends all of some bytes: what goes at once, then the rest as the system takes it.</summary>
internal abstract class WholeSender(ReadOnlyMemory<byte> data) : ISendSink
{
    private ReadOnlyMemory<byte> _rest = data;

    public bool IsDone => _rest.IsEmpty || Error != SocketError.Success;

    public SocketError Error { get; private set; }

    /// <summary>How often the system was full.</summary>
    public int Waits { get; private set; }

    public void OnSent(int count, SocketError error)
    {
        Error = error;
        _rest = _rest[count..];
        GoOn();
    }

    /// <summary>Sends what the system takes at once.</summary>
    protected abstract int TrySend(ReadOnlySpan<byte> data, out SocketError error);

    /// <summary>Sends as soon as there is room, and has this told.</summary>
    protected abstract void Send(ReadOnlyMemory<byte> data);

    protected void GoOn()
    {
        while (!IsDone)
        {
            int count = TrySend(_rest.Span, out SocketError error);
            _rest = _rest[count..];
            if (error == SocketError.WouldBlock)
            {
                Waits++;
                Send(_rest);
                return;
            }

            Error = error;
        }
    }
}
