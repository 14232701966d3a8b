namespace Gyre;

/// <summary>A piece of unsent output: memory of the pinned heap, which the system may read while it is being
/// sent.</summary>
internal sealed class Segment
{
    public const int Size = 32 * 1024;

    public byte[] Array { get; } = GC.AllocateUninitializedArray<byte>(Size, pinned: true);

    /// <summary>The bytes from here to <see cref="End"/> are unsent.</summary>
    public int Start { get; set; }

    public int End { get; set; }

    /// <summary>The next piece, of the output or of the pool.</summary>
    public Segment? Next { get; set; }

    public int Room => Size - End;

    public ReadOnlyMemory<byte> Unsent => new(Array, Start, End - Start);
}
