using System.Runtime.InteropServices;

namespace Gyre.Bench;

/// <summary>One buffer for all connections of a loop: it stays in the cache of the processor.</summary>
internal static class HotBuffer
{
    public const int Size = 128 * 1024;
    private const int PageSize = 4096;

    [ThreadStatic]
    private static Memory<byte> t_memory;

    /// <summary>The calling thread's. It begins at a page: behind the head of an array the kernel copies slower.</summary>
    public static Memory<byte> OfThread => t_memory.IsEmpty ? t_memory = Make() : t_memory;

    private static Memory<byte> Make()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Size + PageSize, pinned: true);
        int start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0) & (PageSize - 1));
        return bytes.AsMemory(start, Size);
    }
}
