using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>How long to wait: <c>struct io_uring_getevents_arg</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UringWaitArgument
{
    public ulong SignalMask;
    public uint SignalMaskSize;
    public uint MinimumWaitMicroseconds;
    public ulong TimespecAddress;
}
