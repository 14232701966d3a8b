namespace Gyre.Bench;

/// <summary>How a datagram echo is written.</summary>
internal enum DatagramMode
{
    /// <summary>A <see cref="DatagramProtocol"/> of Gyre.</summary>
    Protocol,

    /// <summary>The BCL's Socket, with await.</summary>
    Async,

    /// <summary>The BCL's Socket, with calls that block.</summary>
    Blocking,
}
