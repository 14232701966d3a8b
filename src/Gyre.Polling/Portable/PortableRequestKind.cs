namespace Gyre.Polling;

/// <summary>What a <see cref="PortableRequest"/> asks for.</summary>
internal enum PortableRequestKind
{
    /// <summary>A receive of no bytes, which ends when there is something to receive.</summary>
    WaitForInput,

    /// <summary>A connection out of the backlog.</summary>
    Accept,

    /// <summary>A connection to a remote address.</summary>
    Connect,

    /// <summary>That bytes be sent.</summary>
    Send,

    /// <summary>That a datagram be sent to an address.</summary>
    SendTo,
}
