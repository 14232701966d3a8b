using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gyre.Architecture.Tests;

/// <summary>Unsafe code and native calls live in Gyre.Polling, and each unsafe piece says why it is right.</summary>
public static class UnsafeRule
{
    public const string Home = "src/Gyre.Polling";

    private const string Mark = "SAFETY:";

    // Lines between the comment and the code: an attribute or a modifier line may stand between them.
    private const int LinesNearby = 3;

    // Shorter than this, a comment names no reason ("SAFETY: ok").
    private const int ReasonLengthMin = 15;

    public static IEnumerable<Violation> Check(SourceFile file)
    {
        SyntaxNode root = file.Tree.GetRoot();
        return file.IsUnder(Home) ? WithoutReason(file, root) : Misplaced(file, root);
    }

    private static IEnumerable<Violation> Misplaced(SourceFile file, SyntaxNode root)
    {
        foreach (SyntaxToken token in root.DescendantTokens().Where(token => token.IsKind(SyntaxKind.UnsafeKeyword)))
        {
            yield return file.At(token, $"unsafe code outside of {Home}");
        }

        foreach (AttributeSyntax attribute in root.DescendantNodes().OfType<AttributeSyntax>())
        {
            string name = attribute.Name.ToString().Split('.', ':')[^1];
            if (name is "DllImport" or "DllImportAttribute" or "LibraryImport" or "LibraryImportAttribute")
            {
                yield return file.At(attribute, $"{name} outside of {Home}");
            }
        }
    }

    private static IEnumerable<Violation> WithoutReason(SourceFile file, SyntaxNode root)
    {
        foreach (SyntaxNode node in root.DescendantNodes().Where(IsUnsafeCode))
        {
            if (!HasReasonNearby(file, node))
            {
                yield return file.At(node, $"unsafe code without a comment '// {Mark} why it is right' before it");
            }
        }
    }

    // A method without a body (an import) does nothing unsafe by itself: its callers do.
    private static bool IsUnsafeCode(SyntaxNode node) => node switch
    {
        UnsafeStatementSyntax => true,
        LocalFunctionStatementSyntax local => IsUnsafe(local.Modifiers),
        BaseMethodDeclarationSyntax { Body: null, ExpressionBody: null } => false,
        DelegateDeclarationSyntax => false,
        MemberDeclarationSyntax member => IsUnsafe(member.Modifiers),
        _ => false,
    };

    private static bool IsUnsafe(SyntaxTokenList modifiers) => modifiers.Any(SyntaxKind.UnsafeKeyword);

    private static bool HasReasonNearby(SourceFile file, SyntaxNode node)
    {
        // From the comments above a member, or the lines above a block, to the first lines inside.
        int start = LineAt(node.SpanStart);
        int first = Math.Max(0, Math.Min(LineAt(node.FullSpan.Start), start - LinesNearby));
        SyntaxToken brace = node.DescendantTokens().FirstOrDefault(token => token.IsKind(SyntaxKind.OpenBraceToken));
        int open = brace.SpanStart > 0 ? LineAt(brace.SpanStart) : start;
        int last = Math.Min(file.Text.Lines.Count - 1, open + LinesNearby);
        return Enumerable.Range(first, last - first + 1).Any(index => IsReason(file.Line(index)));

        int LineAt(int position) => file.Text.Lines.GetLineFromPosition(position).LineNumber;
    }

    private static bool IsReason(string line)
    {
        int comment = line.IndexOf("//", StringComparison.Ordinal);
        int mark = comment < 0 ? -1 : line.IndexOf(Mark, comment, StringComparison.Ordinal);
        return mark >= 0 && line[(mark + Mark.Length)..].Trim().Length >= ReasonLengthMin;
    }
}
