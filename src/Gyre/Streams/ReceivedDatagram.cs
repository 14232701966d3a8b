using System.Net;

namespace Gyre;

/// <summary>A datagram, and who sent it.</summary>
/// <param name="Data">The whole datagram; it is the receiver's.</param>
/// <param name="From">The sender. Often the same object for the same sender: do not change it.</param>
public readonly record struct ReceivedDatagram(ReadOnlyMemory<byte> Data, EndPoint From);
