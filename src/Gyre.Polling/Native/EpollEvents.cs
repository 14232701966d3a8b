using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>The layout of <c>struct epoll_event</c>: 32 bits of events and 64 bits of the caller's own
/// data.</summary>
/// <remarks>
/// The kernel packs it on x86-64, so that 32-bit programs see the same 12 bytes; everywhere else the data is
/// aligned and an event has 16 bytes. One C# struct cannot be both, so the fields are reached through
/// offsets, which the compiler turns into constants.
/// </remarks>
// SAFETY: the caller gives a pointer to room for one event, Size bytes.
internal static unsafe class EpollEvents
{
    public const int MaxSize = 16;

    public static readonly int Size = SizeOn(RuntimeInformation.ProcessArchitecture);
    public static readonly int DataOffset = DataOffsetOn(RuntimeInformation.ProcessArchitecture);

    public static int SizeOn(Architecture architecture) => architecture == Architecture.X64 ? 12 : MaxSize;

    public static int DataOffsetOn(Architecture architecture) => architecture == Architecture.X64 ? 4 : 8;

    public static uint ReadEvents(byte* entry) => *(uint*)entry;

    public static ulong ReadData(byte* entry) => Unsafe.ReadUnaligned<ulong>(entry + DataOffset);

    public static void Write(byte* entry, uint events, ulong data)
    {
        *(uint*)entry = events;
        Unsafe.WriteUnaligned(entry + DataOffset, data);
    }
}
