using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>A datagram to receive: <c>struct mmsghdr</c>, which is a <c>struct msghdr</c> and a length. 64-bit
/// systems only.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct KernelMessage
{
    /// <summary>A part of the datagram did not fit.</summary>
    public const int Truncated = 0x20;

    [FieldOffset(0)]
    public nint Name;

    [FieldOffset(8)]
    public uint NameLength;

    [FieldOffset(16)]
    public nint Vectors;

    [FieldOffset(24)]
    public nuint VectorCount;

    [FieldOffset(32)]
    public nint Control;

    [FieldOffset(40)]
    public nuint ControlLength;

    [FieldOffset(48)]
    public int Flags;

    [FieldOffset(56)]
    public uint Length;
}
