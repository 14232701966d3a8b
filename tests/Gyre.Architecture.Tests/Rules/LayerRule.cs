using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gyre.Architecture.Tests;

/// <summary>The folders of src/Gyre are layers: each uses only itself and those before it.</summary>
public static class LayerRule
{
    public const string Home = "src/Gyre";

    /// <summary>From the lowest up. Files at the root (the static face) are above them all.</summary>
    public static readonly ImmutableArray<string> Order =
    [
        "Loop", "Coroutines", "Tasks", "Synchronization", "Executors",
        "Networking", "Streams", "Processes", "Diagnostics", "Running",
    ];

    public static IEnumerable<Violation> Check(IEnumerable<SourceFile> files)
    {
        Dictionary<SyntaxTree, SourceFile> byTree = files.ToDictionary(file => file.Tree);
        // The name matters: Gyre.Polling may show its internals to it.
        Compilation compilation = GyreCompilation.Create("Gyre", OutputKind.DynamicallyLinkedLibrary, byTree.Keys);
        return UnknownFolders(byTree.Values)
            .Concat(Unresolved(compilation, byTree))
            .Concat(SplitTypes(compilation, byTree))
            .Concat(byTree.Values.SelectMany(file => UpwardUses(file, compilation, byTree)));
    }

    private static int LayerOf(SourceFile file)
    {
        string[] parts = file.Path[(Home.Length + 1)..].Split('/');
        return parts.Length == 1 ? Order.Length : Order.IndexOf(parts[0]);
    }

    private static string NameOf(int layer) => layer == Order.Length ? "the root" : Order[layer];

    private static IEnumerable<Violation> UnknownFolders(IEnumerable<SourceFile> files) =>
        files.Where(file => LayerOf(file) < 0)
            .Select(file => file.At(0, $"its folder is no layer; the layers are {string.Join(", ", Order)}"));

    // What the compiler cannot bind, the rule cannot see: an error here means that the rule is blind, not that the
    // code is wrong. CS8795 is a partial method whose body a source generator writes.
    private static IEnumerable<Violation> Unresolved(
        Compilation compilation, Dictionary<SyntaxTree, SourceFile> byTree) =>
        from diagnostic in compilation.GetDiagnostics()
        where diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != "CS8795"
        where diagnostic.Location.SourceTree is { } tree && byTree.ContainsKey(tree)
        select byTree[diagnostic.Location.SourceTree!].At(
            diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1,
            $"the layer rule cannot read this: {diagnostic.Id} {diagnostic.GetMessage()}");

    private static IEnumerable<Violation> SplitTypes(
        Compilation compilation, Dictionary<SyntaxTree, SourceFile> byTree)
    {
        IEnumerable<INamedTypeSymbol> types = compilation
            .GetSymbolsWithName(_ => true, SymbolFilter.Type)
            .OfType<INamedTypeSymbol>();
        foreach (INamedTypeSymbol type in types)
        {
            SourceFile[] parts = [.. FilesOf(type, byTree)];
            if (parts.Select(LayerOf).Distinct().Count() > 1)
            {
                string folders = string.Join(" and ", parts.Select(LayerOf).Distinct().Order().Select(NameOf));
                yield return parts[0].At(0, $"the parts of {type.Name} are in {folders}; keep a type in one layer");
            }
        }
    }

    private static IEnumerable<Violation> UpwardUses(
        SourceFile file, Compilation compilation, Dictionary<SyntaxTree, SourceFile> byTree)
    {
        int layer = LayerOf(file);
        SemanticModel model = compilation.GetSemanticModel(file.Tree);
        foreach (SyntaxNode node in file.Tree.GetRoot().DescendantNodes())
        {
            foreach (ISymbol symbol in SymbolsUsedBy(node, model))
            {
                int used = FilesOf(symbol, byTree).Select(LayerOf).DefaultIfEmpty(-1).Min();
                if (used > layer && layer >= 0)
                {
                    string name = symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
                    yield return file.At(node, $"{NameOf(layer)} uses {name} of {NameOf(used)}, which is above it");
                }
            }
        }
    }

    private static IEnumerable<ISymbol> SymbolsUsedBy(SyntaxNode node, SemanticModel model)
    {
        switch (node)
        {
            case SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax or ElementAccessExpressionSyntax:
                SymbolInfo info = model.GetSymbolInfo(node);
                return (info.Symbol is { } one ? [one] : info.CandidateSymbols).Where(IsDeclared);

            // The awaiter can be an extension that nothing names.
            case AwaitExpressionSyntax await:
                return model.GetAwaitExpressionInfo(await).GetAwaiterMethod is { } awaiter ? [awaiter] : [];
            case ForEachStatementSyntax loop:
                return model.GetForEachStatementInfo(loop).GetEnumeratorMethod is { } enumerator ? [enumerator] : [];
            default:
                return [];
        }
    }

    private static bool IsDeclared(ISymbol symbol) =>
        symbol is INamedTypeSymbol or IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol;

    private static IEnumerable<SourceFile> FilesOf(ISymbol symbol, Dictionary<SyntaxTree, SourceFile> byTree)
    {
        ISymbol declared = symbol is IMethodSymbol { ReducedFrom: { } extension } ? extension : symbol;
        return declared.OriginalDefinition.DeclaringSyntaxReferences
            .Select(reference => byTree.GetValueOrDefault(reference.SyntaxTree))
            .OfType<SourceFile>();
    }
}
