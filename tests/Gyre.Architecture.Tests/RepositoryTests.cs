using System.Reflection;

namespace Gyre.Architecture.Tests;

/// <summary>The rules, applied to this repository. The other classes show that each rule can fail.</summary>
public class RepositoryTests
{
    [Fact]
    public void TextFiles_OfThisRepository_AreFound()
    {
        string[] paths = [.. Repository.TextFiles.Select(file => file.Path)];
        Assert.Contains("Gyre.slnx", paths);
        Assert.Contains("src/Gyre/Gyre.csproj", paths);
        Assert.Contains("src/Gyre.Polling/Contract/Poller.cs", paths);
        Assert.Contains("tests/Gyre.Architecture.Tests/RepositoryTests.cs", paths);
    }

    [Fact]
    public void Folders_OfGyre_UseOnlyLayersBelow() =>
        Violation.AssertNone(LayerRule.Check(Repository.CSharpUnder(LayerRule.Home)));

    [Fact]
    public void Solution_ListsEveryProject()
    {
        string solution = Repository.TextFiles.Single(file => file.Path == "Gyre.slnx").Text.ToString();
        Violation.AssertNone(Repository.TextFiles
            .Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(file => !solution.Contains($"\"{file.Path}\"", StringComparison.Ordinal))
            .Select(file => file.At(0, "is not in Gyre.slnx, so nobody builds it")));
    }

    [Fact]
    public void Projects_InSrc_ReferDownOnly() =>
        Violation.AssertNone(Repository.TextFiles
            .Where(file => file.IsUnder("src") && file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            .SelectMany(DependencyRule.CheckProject));

    [Theory]
    [InlineData("Gyre")]
    [InlineData("Gyre.Polling")]
    public void Assembly_OfTheLibrary_ReferencesOnlyDotNet(string name)
    {
        IEnumerable<string> references = Assembly.Load(name).GetReferencedAssemblies().Select(r => r.Name!);
        Violation.AssertNone(DependencyRule.CheckAssembly(name, references, PlatformAssemblies()));
    }

    // In tests the compiler stops unsafe code; an import that a test needs to look at the system is its own affair.
    [Fact]
    public void UnsafeCode_LivesInPollingAndSaysWhy() =>
        Violation.AssertNone(Repository.CSharpFiles.Where(file => !file.IsUnder("tests")).SelectMany(UnsafeRule.Check));

    [Fact]
    public void Files_StayWithinTheirSize() =>
        Violation.AssertNone(Repository.CSharpFiles.SelectMany(TextRules.Size));

    [Fact]
    public void Todos_NameTheirIssue() =>
        Violation.AssertNone(Repository.CSharpFiles.SelectMany(TextRules.Todo));

    [Fact]
    public void SuppressedWarnings_HaveAReason() =>
        Violation.AssertNone(Repository.CSharpFiles.SelectMany(TextRules.Pragma));

    [Fact]
    public void CommittedText_NamesNoMachine() =>
        Violation.AssertNone(Repository.TextFiles.SelectMany(TextRules.MachinePath));

    [Fact]
    public void StaticFields_AreNamedByTheirKind() =>
        Violation.AssertNone(Repository.CSharpFiles.SelectMany(CodeRules.StaticNames));

    [Fact]
    public void Catches_AreNotEmpty() =>
        Violation.AssertNone(Repository.CSharpFiles.SelectMany(CodeRules.EmptyCatch));

    [Fact]
    public void Code_HasNoStubs() =>
        Violation.AssertNone(Repository.CSharpFiles.SelectMany(CodeRules.NotImplemented));

    [Fact]
    public void Links_InDocumentation_LeadSomewhere()
    {
        HashSet<string> paths = [.. Repository.TextFiles.Select(file => file.Path)];
        Violation.AssertNone(MarkdownFiles.SelectMany(page => MarkdownRules.Links(page, paths)));
    }

    [Fact]
    public void Programs_InDocumentation_Compile() =>
        Violation.AssertNone(MarkdownFiles.SelectMany(MarkdownRules.Programs));

    [Fact]
    public void FromPython_HasEveryNameOfAsyncio()
    {
        string names = TextFile(FromPythonRule.Names).Text.ToString();
        Violation.AssertNone(FromPythonRule.PythonNames(
            TextFile(FromPythonRule.Page), names.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void FromPython_NamesOnlyWhatIsThere() =>
        Violation.AssertNone(FromPythonRule.GyreNames(TextFile(FromPythonRule.Page)));

    [Fact]
    public void Guarantees_AreEachCitedByATest() =>
        Violation.AssertNone(GuaranteesRule.Check(TextFile(GuaranteesRule.Page), Repository.TextFiles));

    [Fact]
    public void Ledger_HasEveryPortableTestOfCPython()
    {
        string names = TextFile(LedgerRule.Names).Text.ToString();
        Violation.AssertNone(LedgerRule.Complete(
            TextFile(LedgerRule.Page), names.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void Ledger_NamesTestsThatAreThere() =>
        Violation.AssertNone(LedgerRule.Answered(TextFile(LedgerRule.Page), Repository.TextFiles));

    [Fact]
    public void Ledger_CountsRight() => Violation.AssertNone(LedgerRule.Summary(TextFile(LedgerRule.Page)));

    private static SourceFile TextFile(string path) => Repository.TextFiles.Single(file => file.Path == path);

    private static IEnumerable<SourceFile> MarkdownFiles =>
        Repository.TextFiles.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal));

    private static HashSet<string> PlatformAssemblies()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return [.. Directory.EnumerateFiles(runtime, "*.dll").Select(path => Path.GetFileNameWithoutExtension(path))];
    }
}
