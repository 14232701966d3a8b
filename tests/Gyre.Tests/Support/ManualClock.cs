namespace Gyre.Tests;

/// <summary>A clock that stands until somebody moves it. One thread.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _nanoseconds;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => _nanoseconds;

    public void Advance(long nanoseconds) => _nanoseconds += nanoseconds;
}
