namespace Gyre.Architecture.Tests;

/// <summary>The page for Python programmers is complete, and what it names is there.</summary>
public static class FromPythonRule
{
    public const string Page = "docs/from-python.md";
    public const string Names = "tests/Gyre.Architecture.Tests/Data/asyncio-names.txt";

    private const string PythonColumn = "asyncio";
    private const string GyreColumn = "Gyre";

    /// <summary>Every name of asyncio has its place in one row of one table, and there is no other.</summary>
    public static IEnumerable<Violation> PythonNames(SourceFile page, IReadOnlyCollection<string> names)
    {
        Dictionary<string, int> lines = [];
        foreach ((int line, string name) in Column(page, PythonColumn))
        {
            if (!names.Contains(name))
            {
                yield return page.At(line, $"{name} is not a name that asyncio's documentation has");
            }
            else if (!lines.TryAdd(name, line))
            {
                yield return page.At(line, $"{name} has a row already, in line {lines[name]}");
            }
        }

        foreach (string name in names.Where(name => !lines.ContainsKey(name)))
        {
            yield return page.At(0, $"{name} of asyncio is in no table: name its counterpart, or say there is none");
        }
    }

    /// <summary>What a table calls a name of Gyre is one.</summary>
    public static IEnumerable<Violation> GyreNames(SourceFile page) =>
        from entry in Column(page, GyreColumn)
        where !ApiNames.Exists(entry.Name)
        select page.At(entry.Line, $"{entry.Name} is no public name of Gyre or of .NET");

    private static IEnumerable<(int Line, string Name)> Column(SourceFile page, string title) =>
        from table in MarkdownTable.Of(page)
        let column = table.Columns.ToList().IndexOf(title)
        where column >= 0
        from row in table.Rows
        from name in row.Names(column)
        select (row.Line, name);
}
