using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gyre.Architecture.Tests;

/// <summary>Each clause of the page of guarantees is cited by a test, and what is cited is a clause.</summary>
public static partial class GuaranteesRule
{
    public const string Page = "docs/guarantees.md";

    /// <summary>The rule's own tests cite clauses that are not there.</summary>
    private const string Own = "tests/Gyre.Architecture.Tests";

    /// <summary>Clauses that no test cites, clauses with the same number, and numbers that are no clause.</summary>
    /// <param name="page">The page.</param>
    /// <param name="files">Whatever may cite a clause. A test cites in the comment above it.</param>
    public static IEnumerable<Violation> Check(SourceFile page, IEnumerable<SourceFile> files)
    {
        Dictionary<string, int> clauses = [];
        foreach ((int line, string id) in Find(page, Clause))
        {
            if (!clauses.TryAdd(id, line))
            {
                yield return page.At(line, $"{id} is a clause already, in line {clauses[id]}; take the next number");
            }
        }

        HashSet<string> proven = [];
        foreach (SourceFile file in files.Where(file => !file.IsUnder(Own)))
        {
            foreach ((int line, string id) in Find(file, Citation).Where(found => !clauses.ContainsKey(found.Id)))
            {
                yield return file.At(line, $"{id} is no clause of {page.Path}");
            }

            if (file.IsCSharp && MayHoldTests(file))
            {
                proven.UnionWith(CitedByTests(file));
            }
        }

        foreach ((string id, int line) in clauses.Where(clause => !proven.Contains(clause.Key)))
        {
            yield return page.At(line, $"no test cites {id}: name it in the comment above the test that proves it");
        }
    }

    private static IEnumerable<string> CitedByTests(SourceFile file) =>
        from method in file.Tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
        where method.AttributeLists.SelectMany(list => list.Attributes).Any(IsTest)
        from Match match in Citation.Matches(method.GetLeadingTrivia().ToFullString())
        select match.Groups["id"].Value;

    /// <summary>The checks of a contract are exported, and are run as tests.</summary>
    internal static bool MayHoldTests(SourceFile file) => file.IsUnder("tests") || file.IsUnder("src/Gyre.Testing");

    internal static bool IsTest(AttributeSyntax attribute) =>
        attribute.Name.ToString().EndsWith("Fact", StringComparison.Ordinal)
        || attribute.Name.ToString().EndsWith("Theory", StringComparison.Ordinal)
        || attribute.Name.ToString() == "Clause";

    private static IEnumerable<(int Line, string Id)> Find(SourceFile file, Regex pattern) =>
        from line in file.Text.Lines
        from Match match in pattern.Matches(line.ToString())
        select (line.LineNumber + 1, match.Groups["id"].Value);

    [GeneratedRegex(@"^- \*\*(?<id>G-\d+)\*\* ")]
    private static partial Regex Clause { get; }

    [GeneratedRegex(@"(?<![\w-])(?<id>G-\d+)\b")]
    private static partial Regex Citation { get; }
}
