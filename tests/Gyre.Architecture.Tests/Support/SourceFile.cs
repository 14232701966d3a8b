using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Gyre.Architecture.Tests;

/// <summary>One text file: its path from the root of the repository, with slashes, and what it holds.</summary>
public sealed class SourceFile
{
    private static readonly CSharpParseOptions s_parseOptions = new(
        LanguageVersion.CSharp14,
        DocumentationMode.None,
        SourceCodeKind.Regular,
        ["DEBUG", "NET", "NET10_0_OR_GREATER"]);

    private readonly Lazy<SyntaxTree> _tree;

    public SourceFile(string path, string text)
    {
        Path = path;
        Text = SourceText.From(text);
        _tree = new(() => CSharpSyntaxTree.ParseText(Text, s_parseOptions, path));
    }

    public string Path { get; }

    public SourceText Text { get; }

    /// <summary>The file as C#. Documentation comments are trivia, so a `cref` is no use of a type.</summary>
    public SyntaxTree Tree => _tree.Value;

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>The text of a line, counted from 0.</summary>
    public string Line(int index) => Text.Lines[index].ToString();

    /// <summary>Lines count from 1; 0 means the file as a whole.</summary>
    public Violation At(int line, string message) => new(Path, line, message);

    public Violation At(SyntaxNodeOrToken node, string message) =>
        At(Tree.GetLineSpan(node.Span).StartLinePosition.Line + 1, message);
}
