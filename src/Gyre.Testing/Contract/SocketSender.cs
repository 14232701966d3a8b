using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Sends all of some bytes through a socket.</summary>
internal sealed class SocketSender : WholeSender
{
    private readonly PollSocket _socket;

    public SocketSender(PollSocket socket, ReadOnlyMemory<byte> data)
        : base(data)
    {
        _socket = socket;
        GoOn();
    }

    protected override int TrySend(ReadOnlySpan<byte> data, out SocketError error) => _socket.TrySend(data, out error);

    protected override void Send(ReadOnlyMemory<byte> data) => _socket.Send(data, this);
}
