using static Gyre.Architecture.Tests.RuleTesting;

namespace Gyre.Architecture.Tests;

public class DependencyRuleTests
{
    [Fact]
    public void CheckProject_ReferenceUpwards_IsFound()
    {
        SourceFile project = File("src/Gyre/Gyre.csproj", """
            <Project>
              <ItemGroup>
                <ProjectReference Include="..\Gyre.Polling\Gyre.Polling.csproj" />
                <ProjectReference Include="..\Gyre.Testing\Gyre.Testing.csproj" />
              </ItemGroup>
            </Project>
            """);
        AssertFinds(DependencyRule.CheckProject(project), (project.Path, 0, "Gyre refers to Gyre.Testing"));
    }

    [Fact]
    public void CheckProject_Package_IsFoundUnlessItIsPrivateOrOfTheTool()
    {
        const string Text = """
            <Project>
              <ItemGroup>
                <PackageReference Include="Some.Package" />
                <PackageReference Include="Some.Analyzer" PrivateAssets="all" />
              </ItemGroup>
            </Project>
            """;
        SourceFile library = File("src/Gyre/Gyre.csproj", Text);
        AssertFinds(DependencyRule.CheckProject(library), (library.Path, 0, "depends on the package Some.Package"));
        AssertFinds(DependencyRule.CheckProject(File("src/Gyre.Tool/Gyre.Tool.csproj", Text)));
    }

    [Fact]
    public void CheckProject_UnsafeBlocks_AreForPollingOnly()
    {
        const string Text = """
            <Project>
              <PropertyGroup><AllowUnsafeBlocks>true</AllowUnsafeBlocks></PropertyGroup>
            </Project>
            """;
        SourceFile library = File("src/Gyre/Gyre.csproj", Text);
        AssertFinds(DependencyRule.CheckProject(library), (library.Path, 0, "Gyre allows unsafe code"));
        AssertFinds(DependencyRule.CheckProject(File("src/Gyre.Polling/Gyre.Polling.csproj", Text)));
    }

    [Fact]
    public void CheckProject_UnknownProject_IsFound()
    {
        SourceFile project = File("src/Gyre.Extras/Gyre.Extras.csproj", "<Project />");
        AssertFinds(DependencyRule.CheckProject(project), (project.Path, 0, "a new project in src/"));
    }

    [Fact]
    public void CheckAssembly_ForeignReference_IsFound()
    {
        HashSet<string> platform = ["System.Runtime"];
        AssertFinds(
            DependencyRule.CheckAssembly("Gyre", ["System.Runtime", "Gyre.Polling", "Other"], platform),
            ("Gyre.dll", 0, "refers to Other"));
    }
}
