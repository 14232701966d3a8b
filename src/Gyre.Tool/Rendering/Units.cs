using System.Globalization;

namespace Gyre.Tool;

/// <summary>Sizes and times as people read them.</summary>
internal static class Units
{
    public static string Size(long bytes)
    {
        if (bytes < 1000)
        {
            return Text($"{bytes} B");
        }

        ReadOnlySpan<string> units = ["kB", "MB", "GB", "TB", "PB", "EB"];
        double value = bytes / 1000.0;
        int unit = 0;

        // 999.95 would be shown as 1000.0.
        for (; value >= 999.95 && unit < units.Length - 1; unit++)
        {
            value /= 1000;
        }

        return Text($"{value:0.0} {units[unit]}");
    }

    public static string Time(TimeSpan time) => time.TotalMilliseconds switch
    {
        < 9.95 => Text($"{time.TotalMilliseconds:0.0} ms"),
        < 9999.5 => Text($"{time.TotalMilliseconds:0} ms"),
        _ => Text($"{time.TotalSeconds:0.0} s"),
    };

    /// <summary>Milliseconds with the microseconds behind the point.</summary>
    public static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    public static string Text(IFormattable text) => text.ToString(null, CultureInfo.InvariantCulture);
}
