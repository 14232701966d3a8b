namespace Gyre;

/// <summary>Turns a clock's timestamps into ticks of 100 ns, rounded down.</summary>
internal readonly struct LoopClockScale
{
    private readonly long _divisor;
    private readonly long _frequency;

    public LoopClockScale(TimeProvider clock)
    {
        _frequency = clock.TimestampFrequency;
        _divisor = _frequency % TimeSpan.TicksPerSecond == 0 ? _frequency / TimeSpan.TicksPerSecond : 0;
    }

    public long ToTicks(long timestamp) => _divisor switch
    {
        1 => timestamp,

        // The usual clock of Linux counts nanoseconds; a constant divisor is a multiplication.
        100 => timestamp / 100,
        0 => (long)((Int128)timestamp * TimeSpan.TicksPerSecond / _frequency),
        _ => timestamp / _divisor,
    };
}
