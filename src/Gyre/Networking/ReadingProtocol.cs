namespace Gyre;

/// <summary>A protocol of this library that knows who waits for input: bytes are received into the waiter's own
/// memory, and the waiter goes on in the same turn.</summary>
/// <remarks>Where a transport cannot do that it calls <see cref="Protocol.DataReceived"/>, as of any
/// protocol.</remarks>
internal abstract class ReadingProtocol : Protocol
{
    /// <summary>The memory of who waits. Empty when nobody does, or who waits must have a turn of its own.</summary>
    internal abstract Memory<byte> WantedInput { get; }

    /// <summary>As <see cref="Gyre.Polling.IReceiveSink.LoadAhead"/>.</summary>
    internal abstract int LoadAhead();

    /// <summary>Bytes are in the memory that was asked for just now. It is the last that happens in this turn: who
    /// waits runs inside the call.</summary>
    /// <param name="count">How many, from the memory's beginning: at least one.</param>
    internal abstract void OnWantedInput(int count);

    /// <summary>Bytes arrived elsewhere. It is the last that happens in this turn, too.</summary>
    /// <param name="data">Valid until somebody else receives, in a later turn.</param>
    internal abstract void OnInput(ReadOnlySpan<byte> data);
}
