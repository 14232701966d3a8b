using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>A ring of buffers to register: <c>struct io_uring_buf_reg</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UringBufferRegistration
{
    public ulong RingAddress;
    public uint Entries;
    public ushort Group;
    public ushort Flags;
    public ulong Reserved0;
    public ulong Reserved1;
    public ulong Reserved2;
}
