namespace Gyre.Tool;

/// <summary>Lines for a pipe or a file: no colours, nothing that moves.</summary>
internal sealed class PlainReport(ToolConsole console) : IFetchReport
{
    private readonly TextWriter _out = console.Out;
    private readonly char _bar = console.IsUnicode ? '█' : '=';

    public void Begin(FetchMeter meter)
    {
    }

    public void Add(FetchResult result) => _out.WriteLine(
        $"{ReportText.Status(result)} {ReportText.Size(result)} {ReportText.Time(result)}  "
        + $"{ReportText.Url(result)}{ReportText.Note(result)}");

    public void Refresh()
    {
    }

    public void End(FetchSummary summary)
    {
        _out.WriteLine();
        foreach (TimelineRow row in Timeline.Rows(summary, console.Width))
        {
            string space = new(' ', row.Before);
            string bar = new(_bar, row.Length);
            string rest = new(' ', row.After);
            _out.WriteLine($"{row.Label} {space}{bar}{rest} {row.Time,9}");
        }

        if (ReportText.Hidden(summary) is { } hidden)
        {
            _out.WriteLine(hidden);
        }

        _out.WriteLine();
        _out.WriteLine(ReportText.Counts(summary));
        _out.WriteLine(ReportText.Times(summary));
    }
}
