namespace Gyre;

/// <summary>A read that waits, and lends its memory to the transport: bytes are received where they are
/// wanted.</summary>
internal interface IInputTaker
{
    /// <summary>Where bytes are wanted. Empty when the read must have a turn of its own to go on.</summary>
    // A cancellation may come before a turn of its own: then the read must have removed nothing (G-139).
    Memory<byte> Room { get; }

    /// <summary>Bytes are in <see cref="Room"/>, which was asked for just now. The read goes on inside the call, which is
    /// the last of its turn.</summary>
    /// <param name="count">How many: at least one.</param>
    void Take(int count);
}
