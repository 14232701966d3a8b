namespace Gyre;

/// <summary>How names are turned into addresses. asyncio: the flags of <c>getaddrinfo</c>.</summary>
[Flags]
public enum AddrInfoFlags
{
    /// <summary>Addresses to connect to, of names or numbers.</summary>
    None = 0,

    /// <summary>Without a host: the addresses to listen on, all of the machine. <c>AI_PASSIVE</c>.</summary>
    Passive = 1,

    /// <summary>The host's real name too. <c>AI_CANONNAME</c>.</summary>
    CanonicalName = 2,

    /// <summary>The host is an address; a name is an error, and no server is asked. <c>AI_NUMERICHOST</c>.</summary>
    NumericHost = 4,

    /// <summary>For IPv6: where there are no addresses of it, those of IPv4 in their IPv6 form.
    /// <c>AI_V4MAPPED</c>.</summary>
    IPv4Mapped = 8,

    /// <summary>With <see cref="IPv4Mapped"/>: those of IPv4 in any case. <c>AI_ALL</c>.</summary>
    All = 16,

    /// <summary>Only families that this machine has addresses of. <c>AI_ADDRCONFIG</c>.</summary>
    ConfiguredFamilies = 32,

    /// <summary>The service is a number; a name is an error. <c>AI_NUMERICSERV</c>.</summary>
    NumericService = 1024,
}
