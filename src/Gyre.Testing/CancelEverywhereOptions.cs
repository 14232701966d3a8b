namespace Gyre.Testing;

/// <summary>How <see cref="CancelEverywhere"/> runs a scenario.</summary>
public sealed class CancelEverywhereOptions
{
    /// <summary>How it cancels. Each way is tried at each moment. All by default.</summary>
    public CancelWays Ways { get; init; } = CancelWays.All;

    /// <summary>How many moments it tries. One more is an error: does the coroutine ever end? 1,000 by
    /// default.</summary>
    public int MomentsMax { get; init; } = 1_000;

    /// <summary>How many iterations of the loop may pass without time passing. 10,000 by default.</summary>
    public int IterationsMax { get; init; } = 10_000;

    /// <summary>Whether the loop runs on the system's clock and does real I/O. Then the moments of two runs
    /// may differ, and the runs go on until the coroutine ends before its next moment.</summary>
    public bool RealTime { get; init; }
}
