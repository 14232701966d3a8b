namespace Gyre.Tool;

/// <summary>The lines that the plain and the live report share.</summary>
internal static class ReportText
{
    public static string Status(FetchResult result) => result.Status is { } status ? Units.Text($"{status}") : "---";

    public static string Size(FetchResult result) => $"{Units.Size(result.Bytes),9}";

    public static string Time(FetchResult result) => $"{Units.Time(result.Duration),9}";

    public static string Url(FetchResult result) => OneLine.Of(result.Url.OriginalString);

    /// <summary>What is to be said about a result beyond its numbers; empty when nothing is.</summary>
    public static string Note(FetchResult result)
    {
        string retries = result.Retries switch
        {
            0 => "",
            1 => " (after 1 retry)",
            _ => Units.Text($" (after {result.Retries} retries)"),
        };
        return result.Error is { } error ? $": {OneLine.Of(error)}{retries}" : retries;
    }

    public static string Counts(FetchSummary summary) => Units.Text($"{summary.Ok} ok, {summary.Failed} failed")
        + (summary.Interrupted is { } left ? Units.Text($", {left} not done: interrupted") : "");

    public static string Times(FetchSummary summary) =>
        $"total {Units.Time(summary.Total)}, sum of the single times {Units.Time(summary.Sum)}, "
        + Units.Text($"ratio {summary.Ratio:0.0}");

    /// <summary>What the picture leaves out; null when nothing.</summary>
    public static string? Hidden(FetchSummary summary)
    {
        int hidden = summary.Results.Count - Timeline.RowsMax;
        return hidden > 0
            ? Units.Text($"(the {Timeline.RowsMax} slowest; {hidden} more are not drawn)")
            : null;
    }
}
