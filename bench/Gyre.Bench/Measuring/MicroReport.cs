using System.Globalization;
using System.Text.Json;

namespace Gyre.Bench;

/// <summary>Writes results: a table for people, or JSON lines.</summary>
internal static class MicroReport
{
    public static void Write(TextWriter output, IReadOnlyList<MicroResult> results, bool json)
    {
        if (json)
        {
            foreach (MicroResult one in results)
            {
                output.WriteLine(JsonSerializer.Serialize(new
                {
                    name = one.Case.Name,
                    n = one.Count,
                    rounds = one.Rounds,
                    ns = Math.Round(one.Median, 2),
                    ns_min = Math.Round(one.Fastest, 2),
                    ns_max = Math.Round(one.Slowest, 2),
                    bytes = Math.Round(one.Bytes, 2),
                }));
            }

            return;
        }

        output.WriteLine($"{"case",-18} {"ns",9} {"min",9} {"max",9} {"bytes",8}  operation");
        foreach (MicroResult one in results)
        {
            string figures = string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Median,9:F1} {one.Fastest,9:F1} {one.Slowest,9:F1} {one.Bytes,8:F1}");
            output.WriteLine($"{one.Case.Name,-18} {figures}  {one.Case.Title}");
        }
    }
}
