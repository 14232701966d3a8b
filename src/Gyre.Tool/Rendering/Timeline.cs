namespace Gyre.Tool;

/// <summary>The picture of the requests over time: one bar each, on one scale, so that those at once overlap.</summary>
internal static class Timeline
{
    public const int RowsMax = 40;

    /// <summary>Room for the time behind each bar.</summary>
    private const int TimeWidth = 9;

    private const int Gap = 1;

    /// <summary>Lays the bars out.</summary>
    /// <param name="summary">The run.</param>
    /// <param name="width">The columns there are.</param>
    /// <returns>The rows, in the order of start. Of many requests only the slowest have one.</returns>
    public static IReadOnlyList<TimelineRow> Rows(FetchSummary summary, int width)
    {
        FetchResult[] shown =
        [
            .. summary.Results
                .OrderByDescending(result => result.Duration)
                .Take(RowsMax)
                .OrderBy(result => result.Start)
                .ThenBy(result => result.Duration),
        ];
        string[] labels = Labels(shown, width / 3);
        int labelWidth = labels.Select(label => label.Length).DefaultIfEmpty().Max();
        int barWidth = width - labelWidth - TimeWidth - (2 * Gap);
        var rows = new TimelineRow[shown.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            FetchResult result = shown[i];
            int first = Column(result.Start, summary.Total, barWidth - 1);
            int end = Math.Max(Column(result.End, summary.Total, barWidth), first + 1);
            rows[i] = new TimelineRow(
                labels[i].PadRight(labelWidth),
                first,
                end - first,
                barWidth - end,
                Units.Time(result.Duration),
                result.IsOk);
        }

        return rows;
    }

    private static int Column(TimeSpan time, TimeSpan total, int columns) =>
        total > TimeSpan.Zero ? (int)Math.Clamp(Math.Round(columns * (time / total)), 0, columns) : 0;

    /// <summary>The URLs, without what all of them begin with.</summary>
    private static string[] Labels(FetchResult[] results, int widthMax)
    {
        bool oneHost = results.Select(result => result.Url.Authority).Distinct().Count() == 1;
        return Array.ConvertAll(results, result => Shorten(
            OneLine.Of(oneHost ? result.Url.PathAndQuery : result.Url.Authority + result.Url.PathAndQuery), widthMax));
    }

    /// <summary>Takes the middle out: both ends tell more.</summary>
    private static string Shorten(string text, int widthMax)
    {
        if (text.Length <= widthMax)
        {
            return text;
        }

        int head = (widthMax - 2) / 2;
        int tail = widthMax - 2 - head;
        return $"{text[..head]}..{text[^tail..]}";
    }
}
