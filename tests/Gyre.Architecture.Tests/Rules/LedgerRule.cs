using System.Globalization;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gyre.Architecture.Tests;

/// <summary>
/// The ledger of CPython's tests is complete, the tests of Gyre that it names are there, and its summary counts right.
/// </summary>
public static class LedgerRule
{
    public const string Page = "docs/asyncio-tests.md";

    /// <summary>Lines of "file Class.method": CPython's portable tests of the files that are in the ledger.</summary>
    public const string Names = "tests/Gyre.Architecture.Tests/Data/asyncio-tests.txt";

    private const string TestColumn = "CPython test";
    private const string FileColumn = "CPython file";
    private const string Open = "open:";
    private const string NotApplicable = "- ";

    private enum State
    {
        Pinned,
        NotApplicable,
        Open,
    }

    private sealed record Entry(string File, string Test, int Line, MarkdownTable.Row Row)
    {
        public string Answer => Row.Cells.Count > 1 ? Row.Cells[1] : "";

        public State State => Answer.StartsWith(Open, StringComparison.Ordinal) ? State.Open
            : Answer.StartsWith(NotApplicable, StringComparison.Ordinal) ? State.NotApplicable
            : State.Pinned;
    }

    /// <summary>Every portable test has one row, in the section of its file, and there is no other.</summary>
    public static IEnumerable<Violation> Complete(SourceFile page, IReadOnlyCollection<string> names)
    {
        HashSet<string> known = [.. names];
        Dictionary<string, int> lines = [];
        foreach (Entry entry in Entries(page))
        {
            string name = $"{entry.File} {entry.Test}";
            if (!known.Contains(name))
            {
                yield return page.At(entry.Line, $"{name} is not among the portable tests of {Names}");
            }
            else if (!lines.TryAdd(name, entry.Line))
            {
                yield return page.At(entry.Line, $"{entry.Test} has a row already, in line {lines[name]}");
            }
        }

        foreach (string name in names.Where(name => !lines.ContainsKey(name)))
        {
            yield return page.At(0, $"{name} has no row");
        }
    }

    /// <summary>Every row is answered: by tests that are in the source, by a reason, or as open.</summary>
    public static IEnumerable<Violation> Answered(SourceFile page, IEnumerable<SourceFile> files)
    {
        HashSet<string> tests = [.. files.Where(file => file.IsCSharp && GuaranteesRule.MayHoldTests(file)).SelectMany(Tests)];
        foreach (Entry entry in Entries(page))
        {
            string[] named = [.. entry.Row.Names(1)];
            if (entry.State == State.Pinned && named.Length == 0)
            {
                yield return page.At(entry.Line,
                    $"{entry.Test} has no answer: name tests in backticks, or begin with \"{NotApplicable}\" or \"{Open}\"");
            }

            if (entry.State == State.NotApplicable && entry.Answer.Length < 15)
            {
                yield return page.At(entry.Line, $"{entry.Test} does not apply, but the row does not say why");
            }

            foreach (string test in named.Where(name => entry.State != State.NotApplicable && !tests.Contains(name)))
            {
                yield return page.At(entry.Line, $"{test} is no test in tests/");
            }
        }
    }

    /// <summary>The summary has each file of the ledger once, with the numbers of its section.</summary>
    public static IEnumerable<Violation> Summary(SourceFile page)
    {
        Dictionary<string, Entry[]> sections = Entries(page).GroupBy(entry => entry.File)
            .ToDictionary(group => group.Key, group => group.ToArray());
        HashSet<string> seen = [];
        foreach (MarkdownTable.Row row in Rows(page, FileColumn))
        {
            string file = FileOf(row.Cells[0]);
            if (!sections.TryGetValue(file, out Entry[]? entries) || !seen.Add(file))
            {
                yield return page.At(row.Line, $"{file} has no section, or is in the summary twice");
                continue;
            }

            int[] right =
            [
                entries.Length,
                entries.Count(entry => entry.State == State.Pinned),
                entries.Count(entry => entry.State == State.NotApplicable),
                entries.Count(entry => entry.State == State.Open),
            ];
            string expected = string.Join(" | ", right.Select(n => n.ToString(CultureInfo.InvariantCulture)));
            if (string.Join(" | ", row.Cells.Skip(1)) != expected)
            {
                yield return page.At(row.Line, $"{file} counts | {expected} |");
            }
        }

        foreach (string file in sections.Keys.Where(file => !seen.Contains(file)))
        {
            yield return page.At(0, $"{file} is not in the summary");
        }
    }

    private static IEnumerable<Entry> Entries(SourceFile page) =>
        Rows(page, TestColumn).Select(row => new Entry(SectionOf(page, row.Line), row.Cells[0], row.Line, row));

    private static IEnumerable<MarkdownTable.Row> Rows(SourceFile page, string firstColumn) =>
        MarkdownTable.Of(page).Where(table => table.Columns[0] == firstColumn).SelectMany(table => table.Rows);

    /// <summary>The nearest heading above a line, which counts from 1.</summary>
    private static string SectionOf(SourceFile page, int line)
    {
        for (int index = line - 1; index >= 0; index--)
        {
            string text = page.Line(index);
            if (text.StartsWith("## ", StringComparison.Ordinal))
            {
                return text[3..].Trim();
            }
        }

        return "";
    }

    /// <summary>The text of "[text](link)".</summary>
    private static string FileOf(string cell) => cell.TrimStart('[').Split(']')[0];

    private static IEnumerable<string> Tests(SourceFile file) =>
        from method in file.Tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
        where method.AttributeLists.SelectMany(list => list.Attributes).Any(GuaranteesRule.IsTest)
        let type = method.Parent as TypeDeclarationSyntax
        where type is not null
        select $"{type.Identifier.Text}.{method.Identifier.Text}";
}
