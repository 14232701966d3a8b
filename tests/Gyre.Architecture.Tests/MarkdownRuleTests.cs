using static Gyre.Architecture.Tests.RuleTesting;

namespace Gyre.Architecture.Tests;

public class MarkdownRuleTests
{
    [Fact]
    public void Links_ToNowhere_AreFound()
    {
        SourceFile page = File("docs/page.md", """
            [one](other.md), [two](../README.md#top), [three](#here), [four](https://example.org/x), [five](../src)
            [six](missing.md) and [seven](/docs/gone.md)
            """);
        HashSet<string> paths = ["README.md", "docs/page.md", "docs/other.md", "src/a.cs"];
        AssertFinds(
            MarkdownRules.Links(page, paths),
            ("docs/page.md", 2, "missing.md"),
            ("docs/page.md", 2, "/docs/gone.md"));
    }

    [Fact]
    public void Programs_ThatDoNotCompile_AreFound()
    {
        SourceFile page = File("README.md", """
            # Title
            ```csharp
            using System;

            Console.WriteLine(undefined);
            ```
            ```text
            a fragment that nobody compiles
            ```
            ```csharp
            await Aio.Sleep(1.Seconds());
            await Aio.Slumber(1.Seconds());
            ```
            ```csharp
            using System.Text;

            Console.WriteLine(new StringBuilder().Append(1));
            ```
            """);
        AssertFinds(
            MarkdownRules.Programs(page),
            ("README.md", 5, "'undefined' does not exist"),
            ("README.md", 12, "'Aio' does not contain a definition for 'Slumber'"));
    }
}
