using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gyre.Architecture.Tests;

/// <summary>Rules about one piece of syntax each, which no analyzer that we use has.</summary>
public static class CodeRules
{
    /// <summary>Private statics are s_camel, thread-statics t_camel.</summary>
    public static IEnumerable<Violation> StaticNames(SourceFile file)
    {
        foreach (FieldDeclarationSyntax field in file.Tree.GetRoot().DescendantNodes().OfType<FieldDeclarationSyntax>())
        {
            if (!field.Modifiers.Any(SyntaxKind.StaticKeyword) || !IsPrivate(field.Modifiers))
            {
                continue;
            }

            bool perThread = field.AttributeLists.SelectMany(list => list.Attributes)
                .Any(attribute => attribute.Name.ToString().EndsWith("ThreadStatic", StringComparison.Ordinal));
            string prefix = perThread ? "t_" : "s_";
            foreach (VariableDeclaratorSyntax variable in field.Declaration.Variables)
            {
                string name = variable.Identifier.Text;
                if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.Length < 3 || !char.IsLower(name[2]))
                {
                    string kind = perThread ? "thread-static" : "private static";
                    yield return file.At(variable, $"the {kind} field {name} is not named {prefix}camel");
                }
            }
        }
    }

    /// <summary>A caught exception is handled, or a comment says why there is nothing to do.</summary>
    public static IEnumerable<Violation> EmptyCatch(SourceFile file) =>
        file.Tree.GetRoot().DescendantNodes().OfType<CatchClauseSyntax>()
            .Where(clause => clause.Block.Statements.Count == 0)
            .Where(clause => !clause.Block.DescendantTrivia().Any(IsComment))
            .Select(clause => file.At(clause, "drops an exception without a comment that says why"));

    public static IEnumerable<Violation> NotImplemented(SourceFile file) =>
        file.Tree.GetRoot().DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name => name.Identifier.Text == "NotImplemented" + "Exception")
            .Select(name => file.At(name, "is a stub: finish it or leave it out"));

    private static bool IsComment(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia);

    private static bool IsPrivate(SyntaxTokenList modifiers) =>
        !modifiers.Any(SyntaxKind.PublicKeyword)
        && !modifiers.Any(SyntaxKind.InternalKeyword)
        && !modifiers.Any(SyntaxKind.ProtectedKeyword);
}
