using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>Hears the outcome of <see cref="PollSocket.Connect"/>.</summary>
public interface IConnectSink
{
    /// <summary>The connection stands, or <paramref name="error"/> says why not.</summary>
    void OnConnected(SocketError error);
}

/// <summary>Hears of connections that a listening socket accepted.</summary>
public interface IAcceptSink
{
    /// <summary>A connection was accepted. It belongs to the sink, on the same poller as the listener.</summary>
    void OnAccepted(PollSocket connection);

    /// <summary>Accepting failed and has stopped, for example because no descriptor is left
    /// (<see cref="SocketError.TooManyOpenSockets"/>). The sink starts it again when it sees fit. A connection
    /// that died before it was accepted is not reported.</summary>
    void OnAcceptFailed(SocketError error);
}

/// <summary>Hears of bytes that a socket received.</summary>
public interface IReceiveSink
{
    /// <summary>Bytes arrived, at least one. They are valid only during the call.</summary>
    void OnReceived(ReadOnlySpan<byte> data);

    /// <summary>The peer ended its direction. Receiving has stopped; sending goes on.</summary>
    void OnEndOfInput();

    /// <summary>Receiving failed and has stopped.</summary>
    void OnReceiveFailed(SocketError error);
}

/// <summary>Hears of bytes that a socket received into the sink's own buffers.</summary>
public interface IBufferedReceiveSink : IReceiveSink
{
    /// <summary>Gives the buffer for the next bytes, at least one byte long. Asked for right before it is used.</summary>
    /// <param name="sizeHint">How many bytes are likely, or -1.</param>
    Memory<byte> GetReceiveBuffer(int sizeHint);

    /// <summary>The first <paramref name="count"/> bytes of the buffer were filled, at least one.</summary>
    void OnReceived(int count);
}

/// <summary>Hears the outcome of <see cref="PollSocket.Send"/>.</summary>
public interface ISendSink
{
    /// <summary><paramref name="count"/> bytes went out, at least one; or none, and <paramref name="error"/> says why.</summary>
    void OnSent(int count, SocketError error);
}
