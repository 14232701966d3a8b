using System.Text.RegularExpressions;

namespace Gyre.Architecture.Tests;

/// <summary>Rules that look at lines, not at meaning.</summary>
public static partial class TextRules
{
    public const int LinesMax = 400;
    public const int ColumnsMax = 130;

    public static IEnumerable<Violation> Size(SourceFile file)
    {
        int lines = file.Text.Lines.Count - (file.Text.Lines[^1].Span.IsEmpty ? 1 : 0);
        if (lines > LinesMax)
        {
            yield return file.At(0, $"has {lines} lines; {LinesMax} is the limit: split it by role");
        }

        foreach ((int number, string line) in Lines(file).Where(pair => pair.Line.Length > ColumnsMax))
        {
            yield return file.At(number, $"has {line.Length} columns; {ColumnsMax} is the limit");
        }
    }

    public static IEnumerable<Violation> Todo(SourceFile file) =>
        Lines(file)
            .Where(pair => TodoWithoutIssue.IsMatch(pair.Line))
            .Select(pair => file.At(pair.Number, "names no issue: write the mark with its number, (#12)"));

    /// <summary>A suppressed warning has its reason behind the directive, or in a comment on the line above.</summary>
    public static IEnumerable<Violation> Pragma(SourceFile file) =>
        from pair in Lines(file)
        let match = PragmaDisable.Match(pair.Line)
        where match.Success && !match.Groups["reason"].Success
        where pair.Number == 1 || !Comment.IsMatch(file.Line(pair.Number - 2))
        select file.At(pair.Number, "suppresses a warning without a reason");

    /// <summary>What is committed is for every machine: no paths of one, and no registry's host.</summary>
    public static IEnumerable<Violation> MachinePath(SourceFile file) =>
        from pair in Lines(file)
        let match = MachineName.Match(pair.Line)
        where match.Success
        select file.At(pair.Number, $"names a path or a host of one machine: {match.Value}");

    private static IEnumerable<(int Number, string Line)> Lines(SourceFile file) =>
        file.Text.Lines.Select(line => (line.LineNumber + 1, line.ToString()));

    [GeneratedRegex(@"\b(?:[T]ODO|[F]IXME|[H]ACK|[X]XX)\b(?!\(#\d+\))")]
    private static partial Regex TodoWithoutIssue { get; }

    [GeneratedRegex(@"^\s*#pragma\s+warning\s+disable\b[^/]*(?<reason>//\s*\w.*)?$")]
    private static partial Regex PragmaDisable { get; }

    [GeneratedRegex(@"^\s*//\s*\w")]
    private static partial Regex Comment { get; }

    // An absolute path, not a part of a URL or of a longer path; the brackets keep this very line innocent.
    [GeneratedRegex(
        @"(?<![\w.~$}])/(?:[w]ork|[r]oot|[t]mp|[h]ome/\w+|[U]sers/\w+)(?:/|\b(?!\s*[-:]))|[A-Za-z]:\\[U]sers|"
        + @"\b(?:[n]uget\.org|[n]pmjs\.org|deb\.[d]ebian\.org)\b")]
    private static partial Regex MachineName { get; }
}
