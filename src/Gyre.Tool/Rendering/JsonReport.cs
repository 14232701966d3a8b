using System.Text.Json;

namespace Gyre.Tool;

/// <summary>JSON lines: an object a URL, and one for all at the end.</summary>
internal sealed class JsonReport(ToolConsole console) : IFetchReport
{
    private readonly TextWriter _out = console.Out;

    public void Begin(FetchMeter meter)
    {
    }

    public void Add(FetchResult result) => _out.WriteLine(JsonSerializer.Serialize(
        new JsonResult(
            result.Url.OriginalString,
            result.Status,
            result.Bytes,
            Units.Milliseconds(result.Duration),
            result.Error is { } error ? OneLine.Of(error) : null),
        ReportJson.Lines.JsonResult));

    public void Refresh()
    {
    }

    public void End(FetchSummary summary) => _out.WriteLine(JsonSerializer.Serialize(
        new JsonSummary(
            summary.Ok, summary.Failed, Units.Milliseconds(summary.Total), Units.Milliseconds(summary.Sum)),
        ReportJson.Lines.JsonSummary));
}
