using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gyre.Tool;

/// <summary>One URL of the JSON output.</summary>
internal sealed record JsonResult(string Url, int? Status, long Bytes, double Ms, string? Error);

/// <summary>The last line of the JSON output.</summary>
internal sealed record JsonSummary(int Ok, int Failed, double TotalMs, double SumMs);

/// <summary>Writes the JSON output without reflection, as trimming and NativeAOT need it.</summary>
[JsonSerializable(typeof(JsonResult))]
[JsonSerializable(typeof(JsonSummary))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    public static ReportJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // Leaves the & in URLs as it is: the output is no part of a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
