using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Writes all of some bytes, as the pipe takes them.</summary>
internal sealed class PipeSender : ISendSink
{
    private readonly PollPipe _pipe;
    private ReadOnlyMemory<byte> _rest;

    public PipeSender(PollPipe pipe, ReadOnlyMemory<byte> data)
    {
        _pipe = pipe;
        _rest = data;
        pipe.Write(data, this);
    }

    public bool IsDone => _rest.IsEmpty || Error != SocketError.Success;

    public SocketError Error { get; private set; }

    public void OnSent(int count, SocketError error)
    {
        Error = error;
        _rest = _rest[count..];
        if (!IsDone)
        {
            _pipe.Write(_rest, this);
        }
    }
}
