namespace Gyre;

/// <summary>The protocol of a transport that gets another one before its first turn.</summary>
internal sealed class NoProtocol : Protocol
{
}
