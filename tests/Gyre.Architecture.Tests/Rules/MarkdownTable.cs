using System.Text.RegularExpressions;

namespace Gyre.Architecture.Tests;

/// <summary>A table of a Markdown page: the titles of its columns, and its rows.</summary>
public sealed partial record MarkdownTable(
    IReadOnlyList<string> Columns, IReadOnlyList<MarkdownTable.Row> Rows)
{
    /// <summary>One row: its line, counted from 1, and the text of its cells.</summary>
    public sealed record Row(int Line, IReadOnlyList<string> Cells)
    {
        /// <summary>What stands between backticks in a cell; nothing when the row has no such cell.</summary>
        public IEnumerable<string> Names(int column) => column < Cells.Count
            ? CodeSpan.Matches(Cells[column]).Select(match => match.Groups["code"].Value)
            : [];
    }

    /// <summary>The tables of a page, in order. A table is a header, a line of dashes, and rows.</summary>
    public static IEnumerable<MarkdownTable> Of(SourceFile page)
    {
        string[] lines = [.. page.Text.Lines.Select(line => line.ToString())];
        for (int i = 0; i + 1 < lines.Length; i++)
        {
            if (!lines[i].StartsWith('|') || !Rule.IsMatch(lines[i + 1]))
            {
                continue;
            }

            string[] columns = Split(lines[i]);
            var rows = new List<Row>();
            for (i += 2; i < lines.Length && lines[i].StartsWith('|'); i++)
            {
                rows.Add(new Row(i + 1, Split(lines[i])));
            }

            yield return new MarkdownTable(columns, rows);
        }
    }

    private static string[] Split(string line) =>
        [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];

    [GeneratedRegex(@"^\|[-:| ]+\|\s*$")]
    private static partial Regex Rule { get; }

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex CodeSpan { get; }
}
