using System.IO.Compression;
using System.Text.Json;

namespace Gyre.Conformance.Tests;

/// <summary>Random programs do on Gyre, line by line, what they did on CPython's asyncio.</summary>
/// <remarks>The traces are made by <c>eng/regenerate-conformance.sh</c>.</remarks>
public class TraceTests
{
    private const int ProgramCountMin = 5_000;

    /// <summary>Differences beyond this many are counted and not shown.</summary>
    private const int ShownMax = 5;

    [Fact]
    public void Trace_OfEveryProgram_IsThatOfCPython()
    {
        int programs = 0;
        var differences = new List<string>();
        using Stream packed = typeof(TraceTests).Assembly.GetManifestResourceStream("traces")!;
        using var lines = new System.IO.StreamReader(new BrotliStream(packed, CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
        {
            programs++;
            using var document = JsonDocument.Parse(line);
            JsonElement program = document.RootElement.GetProperty("program");
            string[] expected = [.. document.RootElement.GetProperty("trace").EnumerateArray().Select(e => e.GetString()!)];
            List<string> actual = ProgramRun.Trace(program);
            if (!actual.SequenceEqual(expected))
            {
                differences.Add(Describe(program.GetProperty("seed").GetInt64(), expected, actual));
            }
        }

        Assert.True(programs >= ProgramCountMin, $"only {programs} programs were compared");
        Assert.True(
            differences.Count == 0,
            $"{differences.Count} of {programs} traces differ:\n{string.Join('\n', differences.Take(ShownMax))}");
    }

    [Fact]
    public void Describe_FirstDifferentLine_IsNamed() =>
        Assert.Equal(
            "seed 7, line 2: expected '0 a 2 None', got (the end)", Describe(7, ["0 a 1 None", "0 a 2 None"], ["0 a 1 None"]));

    private static string Describe(long seed, IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        int i = 0;
        while (i < expected.Count && i < actual.Count && expected[i] == actual[i])
        {
            i++;
        }

        return $"seed {seed}, line {i + 1}: expected {At(expected, i)}, got {At(actual, i)}";
    }

    private static string At(IReadOnlyList<string> lines, int i) => i < lines.Count ? $"'{lines[i]}'" : "(the end)";
}
