using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>A buffer that the kernel may fill: <c>struct io_uring_buf</c>.</summary>
/// <remarks>The ring's tail is in the last field of its first entry: it must not be written with the
/// others.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct UringBufferEntry
{
    public ulong Address;
    public uint Length;
    public ushort Id;
    public ushort TailOfRing;
}
