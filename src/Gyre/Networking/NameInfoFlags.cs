namespace Gyre;

/// <summary>How an address is turned into names. asyncio: the flags of <c>getnameinfo</c>.</summary>
[Flags]
public enum NameInfoFlags
{
    /// <summary>Names where there are any, otherwise numbers.</summary>
    None = 0,

    /// <summary>The host as its address, without asking a server. <c>NI_NUMERICHOST</c>.</summary>
    NumericHost = 1,

    /// <summary>The port as its number. <c>NI_NUMERICSERV</c>.</summary>
    NumericService = 2,

    /// <summary>Of hosts of this machine's domain the first part of the name. <c>NI_NOFQDN</c>.</summary>
    NoDomain = 4,

    /// <summary>An error when the host has no name. <c>NI_NAMEREQD</c>.</summary>
    NameRequired = 8,

    /// <summary>The port is one of UDP, which has other services. <c>NI_DGRAM</c>.</summary>
    Datagram = 16,
}
