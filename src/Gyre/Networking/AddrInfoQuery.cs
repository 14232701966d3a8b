using System.Net.Sockets;

namespace Gyre;

/// <summary>What addresses are asked for: equal queries that are under way are one.</summary>
internal readonly record struct AddrInfoQuery(
    string? Host, string? Service, AddressFamily Family, SocketType Type, ProtocolType Protocol, AddrInfoFlags Flags)
{
    /// <summary>As errors begin.</summary>
    public override string ToString() => Service is null
        ? $"The host name '{Host}'"
        : Host is null ? $"The service '{Service}'" : $"The host name '{Host}' with the service '{Service}'";
}
