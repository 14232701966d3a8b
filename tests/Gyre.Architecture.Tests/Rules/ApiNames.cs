using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Gyre.Architecture.Tests;

/// <summary>The public names of Gyre and of .NET, written as <c>Type</c>, <c>Type&lt;T&gt;</c> or
/// <c>Type.Member</c>.</summary>
public static partial class ApiNames
{
    private static readonly string[] s_namespaces =
    [
        "Gyre", "Gyre.Testing", "Gyre.Polling", "System", "System.IO", "System.Net.Sockets",
        "System.Threading", "System.Threading.Tasks",
    ];

    private static readonly CSharpCompilation s_compilation =
        GyreCompilation.Create("Names", OutputKind.DynamicallyLinkedLibrary, []);

    /// <summary>Whether there is a public type, or member, of this name; the member may come from a base or
    /// an extension.</summary>
    public static bool Exists(string name)
    {
        Match match = Name.Match(name);
        return match.Success && FindTypes(match).Any(type =>
            !match.Groups["member"].Success || HasMember(type, match.Groups["member"].Value));
    }

    private static IEnumerable<INamedTypeSymbol> FindTypes(Match match)
    {
        int arity = match.Groups["arguments"].Success ? match.Groups["arguments"].Value.Split(',').Length : 0;
        string type = match.Groups["type"].Value + (arity == 0 ? "" : $"`{arity}");
        return s_namespaces
            .SelectMany(name => s_compilation.GetTypesByMetadataName($"{name}.{type}"))
            .Where(symbol => symbol.DeclaredAccessibility == Accessibility.Public);
    }

    private static bool HasMember(INamedTypeSymbol type, string member) =>
        Bases(type).Any(declaring => HasPublic(declaring, member))
        || Extensions(member).Any(receiver =>
            Bases(type).Contains(receiver.OriginalDefinition, SymbolEqualityComparer.Default));

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            yield return declaring.OriginalDefinition;
        }
    }

    /// <summary>The types that an extension of the library gives a member of this name.</summary>
    private static IEnumerable<ITypeSymbol> Extensions(string member) =>
        from holder in Namespace("Gyre").GetTypeMembers()
        where holder.IsStatic
        from block in holder.GetTypeMembers()
        where block.ExtensionParameter is not null && HasPublic(block, member)
        select block.ExtensionParameter!.Type;

    private static bool HasPublic(INamedTypeSymbol type, string member) =>
        type.GetMembers(member).Any(symbol => symbol.DeclaredAccessibility == Accessibility.Public);

    private static INamespaceSymbol Namespace(string name) =>
        s_compilation.GlobalNamespace.GetNamespaceMembers().Single(symbol => symbol.Name == name);

    [GeneratedRegex(@"^(?<type>\w+)(<(?<arguments>[\w, ]+)>)?(\.(?<member>\w+))?$")]
    private static partial Regex Name { get; }
}
