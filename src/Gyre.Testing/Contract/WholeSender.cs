using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Sends all of some bytes: what goes at once, then the rest as the system takes it.</summary>
internal sealed class WholeSender : ISendSink
{
    private readonly PollSocket _socket;
    private ReadOnlyMemory<byte> _rest;

    public WholeSender(PollSocket socket, ReadOnlyMemory<byte> data)
    {
        _socket = socket;
        _rest = data;
        GoOn();
    }

    public bool IsDone => _rest.IsEmpty || Error != SocketError.Success;

    public SocketError Error { get; private set; }

    /// <summary>How often the system was full.</summary>
    public int Waits { get; private set; }

    public void OnSent(int count, SocketError error)
    {
        Error = error;
        _rest = _rest[count..];
        if (!IsDone)
        {
            GoOn();
        }
    }

    private void GoOn()
    {
        while (!IsDone)
        {
            int count = _socket.TrySend(_rest.Span, out SocketError error);
            _rest = _rest[count..];
            if (error == SocketError.WouldBlock)
            {
                Waits++;
                _socket.Send(_rest, this);
                return;
            }

            Error = error;
        }
    }
}
