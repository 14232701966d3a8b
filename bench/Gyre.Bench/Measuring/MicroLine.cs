using System.Text.Json.Serialization;

namespace Gyre.Bench;

/// <summary>The line of one case in <c>micro --json</c>: nanoseconds, and bytes allocated, of one operation.</summary>
internal sealed record MicroLine(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("n")] int Count,
    [property: JsonPropertyName("rounds")] int Rounds,
    [property: JsonPropertyName("ns")] double Median,
    [property: JsonPropertyName("ns_min")] double Fastest,
    [property: JsonPropertyName("ns_max")] double Slowest,
    [property: JsonPropertyName("cpu_ns")] double CpuMedian,
    [property: JsonPropertyName("bytes")] double Bytes);
