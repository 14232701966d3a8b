using System.Diagnostics;

namespace Gyre;

/// <summary>The high- and low-water marks of a transport's output, and whether its protocol is paused.</summary>
// Flowing ──size > high──▶ Paused     Each transition is one call of the protocol, so they come in pairs.
//    ▲──────size ≤ low────────┘
internal struct WriteFlow
{
    private const int HighDefault = 64 * 1024;

    private bool _paused;

    public WriteFlow()
    {
        High = HighDefault;
        Low = HighDefault / 4;
    }

    /// <summary>Whether the protocol is paused.</summary>
    public readonly bool IsPaused => _paused;

    public int High { get; private set; }

    public int Low { get; private set; }

    public void SetLimits(int? high, int? low)
    {
        int newHigh = high ?? (low is { } given ? (int)Math.Min(4L * given, int.MaxValue) : HighDefault);
        int newLow = low ?? newHigh / 4;
        if (newLow < 0 || newHigh < newLow)
        {
            throw new ArgumentOutOfRangeException(
                nameof(high),
                $"The limits are high = {newHigh} and low = {newLow}; it must hold that high >= low >= 0.");
        }

        (High, Low) = (newHigh, newLow);
    }

    /// <summary>Says that the output has grown. True when the protocol must be paused now.</summary>
    public bool MustPause(long size)
    {
        if (_paused || size <= High)
        {
            return false;
        }

        _paused = true;
        return true;
    }

    /// <summary>Says that the output has shrunk. True when the protocol must be resumed now.</summary>
    public bool MustResume(long size)
    {
        Debug.Assert(size >= 0, "A size is never negative.");
        if (!_paused || size > Low)
        {
            return false;
        }

        _paused = false;
        return true;
    }
}
