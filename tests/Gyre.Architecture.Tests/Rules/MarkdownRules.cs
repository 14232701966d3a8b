using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gyre.Architecture.Tests;

/// <summary>Documentation stays true: its links lead somewhere, and its programs compile.</summary>
public static partial class MarkdownRules
{
    /// <summary>Every relative link leads to a file or a folder that is committed.</summary>
    public static IEnumerable<Violation> Links(SourceFile page, IReadOnlySet<string> paths) =>
        from line in page.Text.Lines
        from Match match in Link.Matches(line.ToString())
        let target = match.Groups["target"].Value
        where !target.Contains(':') && !Exists(Resolve(page.Path, target), paths)
        select page.At(line.LineNumber + 1, $"the link to {target} leads nowhere");

    /// <summary>Every block of C# compiles without a warning: as it is when it starts with its usings, otherwise
    /// with <c>using Gyre;</c> before it.</summary>
    public static IEnumerable<Violation> Programs(SourceFile page)
    {
        foreach ((int line, string code) in Blocks(page))
        {
            // On the same line, so that the numbers of lines stay right.
            string usings = UsingDirective.IsMatch(code) ? "" : "using Gyre; ";
            SyntaxTree tree = new SourceFile(page.Path, usings + code).Tree;

            // A block of types alone is a part of a program.
            OutputKind kind = tree.GetRoot().ChildNodes().OfType<GlobalStatementSyntax>().Any()
                ? OutputKind.ConsoleApplication
                : OutputKind.DynamicallyLinkedLibrary;
            CSharpCompilation program = GyreCompilation.Create("Snippet", kind, [tree]);
            foreach (Diagnostic diagnostic in program.GetDiagnostics().Where(d => d.Severity > DiagnosticSeverity.Info))
            {
                int within = diagnostic.Location.GetLineSpan().StartLinePosition.Line;
                yield return page.At(line + within, $"the program does not compile: {diagnostic.GetMessage()}");
            }
        }
    }

    /// <summary>The blocks marked as C#, each with the number of its first line.</summary>
    public static IEnumerable<(int Line, string Code)> Blocks(SourceFile page)
    {
        StringBuilder? block = null;
        int first = 0;
        foreach (string line in page.Text.Lines.Select(line => line.ToString()))
        {
            first++;
            if (block is null)
            {
                block = line.TrimEnd() is "```csharp" or "```cs" ? new() : null;
            }
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                int length = block.ToString().Count(c => c == '\n');
                yield return (first - length, block.ToString());
                block = null;
            }
            else
            {
                block.Append(line).Append('\n');
            }
        }
    }

    private static string Resolve(string page, string target)
    {
        string path = target.Split('#')[0];
        string folder = path.StartsWith('/') ? "" : Path.GetDirectoryName(page)!;
        string full = Path.GetFullPath(Path.Combine("/", folder, path.TrimStart('/')));
        return path.Length == 0 ? page : full.TrimStart('/').TrimEnd('/');
    }

    private static bool Exists(string path, IReadOnlySet<string> paths) =>
        paths.Contains(path) || paths.Any(other => other.StartsWith(path + "/", StringComparison.Ordinal));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link { get; }

    // And not the statement: using var x = …
    [GeneratedRegex(@"^using (?:static )?[\w.]+(?: = [^;]+)?;")]
    private static partial Regex UsingDirective { get; }
}
