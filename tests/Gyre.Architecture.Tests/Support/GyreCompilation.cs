using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Gyre.Architecture.Tests;

/// <summary>Compiles sources in memory, as the build of a project in this repository would.</summary>
public static class GyreCompilation
{
    private static readonly SourceFile s_implicitUsings = new("ImplicitUsings.g.cs", """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """);

    /// <summary>What a snippet in the documentation may use.</summary>
    private static readonly string[] s_snippetReferences =
    [
        "Gyre.Polling.dll", "Gyre.dll", "Gyre.Testing.dll", "Gyre.Testing.Xunit.dll",
        "xunit.v3.assert.dll", "xunit.v3.common.dll", "xunit.v3.core.dll",
    ];

    /// <summary>References .NET and those libraries of Gyre that lie below the assembly of this name.</summary>
    public static CSharpCompilation Create(string name, OutputKind kind, IEnumerable<SyntaxTree> trees)
    {
        string[] own = name == "Gyre" ? ["Gyre.Polling.dll"] : s_snippetReferences;
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        IEnumerable<MetadataReference> references = platform
            .Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == runtime || own.Contains(Path.GetFileName(path)))
            .Select(path => MetadataReference.CreateFromFile(path));
        CSharpCompilationOptions options = new(
            kind,
            allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Enable);
        return CSharpCompilation.Create(name, [s_implicitUsings.Tree, .. trees], references, options);
    }
}
