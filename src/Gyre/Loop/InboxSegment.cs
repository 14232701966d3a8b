using System.Runtime.InteropServices;

namespace Gyre;

/// <summary>A block of the inbox: a number of places that posters reserve one after another.</summary>
/// <remarks>A handle of <c>CallSoonThreadSafe</c> is a segment and a position. The loop uses a segment again, with
/// new positions, and old handles find nothing there.</remarks>
internal sealed class InboxSegment
{
    public const int Size = 512;

    /// <summary>How many places were asked for. From <see cref="Size"/> on the segment is full; more are refused.</summary>
    /// <remarks>Not below <see cref="Size"/> but while this is the last segment of an open inbox.</remarks>
    public ref int Reserved => ref _reserved.Count;

    /// <summary>The position of the first place: a multiple of <see cref="Size"/>, above 0.</summary>
    /// <remarks>Written before <see cref="Reserved"/> lets anybody in, and not while anybody is inside.</remarks>
    public long Start;

    private Counter _reserved = new() { Count = Size };

    private InboxSegment? _next;

    public InboxSlot[] Slots { get; } = new InboxSlot[Size];

    /// <summary>The segment behind this one.</summary>
    public InboxSegment? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    public ref InboxSlot At(long position) => ref Slots[(int)position & (Size - 1)];

    // As long as two lines, so that posters do not write to the line of what is allocated behind it.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Counter
    {
        [FieldOffset(0)]
        public int Count;
    }
}
