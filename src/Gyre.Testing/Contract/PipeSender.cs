using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Writes all of some bytes to a pipe, none at once: the poller has to tell of room each time.</summary>
internal sealed class PipeSender : WholeSender
{
    private readonly PollPipe _pipe;

    public PipeSender(PollPipe pipe, ReadOnlyMemory<byte> data)
        : base(data)
    {
        _pipe = pipe;
        GoOn();
    }

    protected override int TrySend(ReadOnlySpan<byte> data, out SocketError error)
    {
        error = SocketError.WouldBlock;
        return 0;
    }

    protected override void Send(ReadOnlyMemory<byte> data) => _pipe.Write(data, this);
}
