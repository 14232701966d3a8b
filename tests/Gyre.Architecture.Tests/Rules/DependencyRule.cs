using System.Xml.Linq;

namespace Gyre.Architecture.Tests;

/// <summary>References between projects point down, and the libraries depend on nothing but .NET itself.</summary>
public static class DependencyRule
{
    // The projects of src/, what each may refer to, and whether it may take packages.
    private static readonly Dictionary<string, (string[] Projects, bool Packages)> s_allowed = new()
    {
        ["Gyre.Polling"] = ([], false),
        ["Gyre"] = (["Gyre.Polling"], false),
        ["Gyre.Testing"] = (["Gyre"], false),
        ["Gyre.Testing.Xunit"] = (["Gyre.Testing"], true),
        ["Gyre.Tool"] = (["Gyre"], true),
    };

    public static IEnumerable<Violation> CheckProject(SourceFile project)
    {
        string name = Path.GetFileNameWithoutExtension(project.Path);
        if (!s_allowed.TryGetValue(name, out (string[] Projects, bool Packages) allowed))
        {
            return [new(project.Path, 0, "a new project in src/: say in DependencyRule what it may refer to")];
        }

        XElement root = XDocument.Parse(project.Text.ToString()).Root!;
        IEnumerable<Violation> projects = root.Descendants("ProjectReference")
            .Select(item => Path.GetFileNameWithoutExtension(item.Attribute("Include")!.Value.Replace('\\', '/')))
            .Where(other => !allowed.Projects.Contains(other))
            .Select(other => new Violation(project.Path, 0, $"{name} refers to {other}"));
        IEnumerable<Violation> packages = root.Descendants("PackageReference")
            .Where(item => !allowed.Packages && item.Attribute("PrivateAssets")?.Value != "all")
            .Select(item => item.Attribute("Include")?.Value)
            .Select(package => new Violation(project.Path, 0, $"{name} depends on the package {package}"));
        IEnumerable<Violation> unsafeCode = root.Descendants("AllowUnsafeBlocks")
            .Where(item => name != "Gyre.Polling" && item.Value == "true")
            .Select(_ => new Violation(project.Path, 0, $"{name} allows unsafe code; only Gyre.Polling may"));
        return [.. projects, .. packages, .. unsafeCode];
    }

    /// <summary>The references that the compiler wrote into an assembly, by simple name.</summary>
    public static IEnumerable<Violation> CheckAssembly(
        string assembly, IEnumerable<string> references, ISet<string> platform)
    {
        string[] own = s_allowed[assembly].Projects;
        return references
            .Where(reference => !platform.Contains(reference) && !own.Contains(reference))
            .Select(reference => $"refers to {reference}, which is not part of .NET")
            .Select(message => new Violation(assembly + ".dll", 0, message));
    }
}
