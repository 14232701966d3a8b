using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>What became of a request: <c>struct io_uring_cqe</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UringCompletion
{
    private const uint HasBufferFlag = 1u << 0;
    private const uint MoreFlag = 1u << 1;
    private const int BufferShift = 16;

    public ulong UserData;

    /// <summary>A result, or minus an <see cref="Errno"/>.</summary>
    public int Result;

    public uint Flags;

    /// <summary>Whether the request goes on and completes again.</summary>
    public readonly bool HasMore => (Flags & MoreFlag) != 0;

    /// <summary>Whether the kernel took a provided buffer for it.</summary>
    public readonly bool HasBuffer => (Flags & HasBufferFlag) != 0;

    /// <summary>Which one.</summary>
    public readonly int BufferId => (int)(Flags >> BufferShift);
}
