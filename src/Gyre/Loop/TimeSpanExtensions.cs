namespace Gyre;

/// <summary>Durations that read like sentences: <c>5.Seconds()</c>, <c>0.25.Seconds()</c>,
/// <c>50.Milliseconds()</c>.</summary>
public static class TimeSpanExtensions
{
    /// <summary>This many seconds.</summary>
    public static TimeSpan Seconds(this int value) => TimeSpan.FromSeconds((long)value);

    /// <summary>This many seconds, to the nearest 100 nanoseconds.</summary>
    /// <exception cref="ArgumentException">The value is not a number.</exception>
    public static TimeSpan Seconds(this double value) => TimeSpan.FromSeconds(value);

    /// <summary>This many milliseconds.</summary>
    public static TimeSpan Milliseconds(this int value) => TimeSpan.FromMilliseconds((long)value);

    /// <summary>This many milliseconds, to the nearest 100 nanoseconds.</summary>
    /// <exception cref="ArgumentException">The value is not a number.</exception>
    public static TimeSpan Milliseconds(this double value) => TimeSpan.FromMilliseconds(value);

    /// <summary>This many microseconds.</summary>
    public static TimeSpan Microseconds(this int value) => TimeSpan.FromMicroseconds((long)value);

    /// <summary>This many minutes.</summary>
    public static TimeSpan Minutes(this int value) => TimeSpan.FromMinutes((long)value);
}
