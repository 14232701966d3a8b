using System.Reflection;

namespace Gyre.Tests.Tasks.Cancellation;

/// <summary>The tables of docs/cancellation.md, as the page has them.</summary>
internal static class CancellationTable
{
    private const string Heading = "## When each meets each";
    private const string PlaceTable = "Where the task is";
    private const string PairTable = "The inner block asks, and";

    /// <summary>What cannot be.</summary>
    public const string Impossible = "–";

    private static readonly Lazy<Dictionary<(string Row, string Column), string>> s_cells = new(Read);

    public static IReadOnlyDictionary<(string Row, string Column), string> Cells => s_cells.Value;

    private static Dictionary<(string Row, string Column), string> Read()
    {
        Assembly tests = typeof(CancellationTable).Assembly;
        using Stream page = tests.GetManifestResourceStream("docs/cancellation.md")!;
        using var reader = new System.IO.StreamReader(page);
        return Read(reader);
    }

    /// <summary>The cells below the heading of the tables, where no other kind of table may stand.</summary>
    internal static Dictionary<(string Row, string Column), string> Read(TextReader reader)
    {
        while (reader.ReadLine() is { } line && line != Heading)
        {
        }

        var cells = new Dictionary<(string, string), string>();
        string[]? head = null;
        while (reader.ReadLine() is { } line)
        {
            string[] row = [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];
            if (!line.StartsWith('|'))
            {
                head = null;
            }
            else if (head is null)
            {
                head = row;
                if (head[0] is not (PlaceTable or PairTable))
                {
                    throw new FormatException($"No test runs the cells of a table that begins with \"{head[0]}\".");
                }
            }
            else if (!line.StartsWith("|-", StringComparison.Ordinal))
            {
                if (row.Length != head.Length)
                {
                    throw new FormatException($"The row \"{row[0]}\" has {row.Length} cells instead of {head.Length}.");
                }

                for (int i = 1; i < head.Length; i++)
                {
                    cells.Add((row[0], head[i]), row[i]);
                }
            }
        }

        return cells;
    }
}
