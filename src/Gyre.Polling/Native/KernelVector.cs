using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>A piece of memory: <c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelVector
{
    public nint Address;
    public nuint Length;
}
