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
                var line = new MicroLine(
                    one.Case.Name,
                    one.Count,
                    one.Rounds,
                    Rounded(one.Median),
                    Rounded(one.Fastest),
                    Rounded(one.Slowest),
                    Rounded(one.CpuMedian),
                    Rounded(one.Bytes));
                output.WriteLine(JsonSerializer.Serialize(line, MicroJson.Default.MicroLine));
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

    private static double Rounded(double value) => Math.Round(value, 2);
}
