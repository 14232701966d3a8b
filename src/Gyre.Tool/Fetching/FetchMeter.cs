namespace Gyre.Tool;

/// <summary>How far a run is. Loop thread only.</summary>
internal sealed class FetchMeter(int count)
{
    public int Count { get; } = count;

    public int Running { get; set; }

    public int Done { get; set; }

    public int Failed { get; set; }

    /// <summary>The bytes of all bodies so far.</summary>
    public long Bytes { get; set; }

    /// <summary>How much of the running URLs is here, as far as their lengths are known: 1 is a whole one.</summary>
    public double Partly { get; set; }
}
