namespace Gyre.Tool;

/// <summary>One bar of the picture.</summary>
/// <param name="Label">The URL, as wide as the others.</param>
/// <param name="Before">Empty columns before the bar.</param>
/// <param name="Length">Columns of the bar, at least 1.</param>
/// <param name="After">Empty columns behind the bar.</param>
/// <param name="Time">How long the request took.</param>
/// <param name="IsOk">Whether it ended well.</param>
internal readonly record struct TimelineRow(string Label, int Before, int Length, int After, string Time, bool IsOk);
