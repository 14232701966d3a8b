namespace Gyre.Bench;

/// <summary>The ways to write a server.</summary>
internal enum EchoMode
{
    /// <summary>Callbacks that get the bytes: <see cref="ProtocolEcho"/>.</summary>
    Protocol,

    /// <summary>Callbacks that give the memory: <see cref="BufferedEcho"/>.</summary>
    Buffered,

    /// <summary>A coroutine a connection: <see cref="StreamEcho"/>.</summary>
    Streams,

    /// <summary>A coroutine a connection, on plain sockets: <see cref="SocketEcho"/>.</summary>
    Sockets,
}
