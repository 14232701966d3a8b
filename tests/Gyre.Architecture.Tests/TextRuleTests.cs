using static Gyre.Architecture.Tests.RuleTesting;

namespace Gyre.Architecture.Tests;

public class TextRuleTests
{
    // Pieces, so that this file itself keeps the rules.
    private const string Todo = "TO" + "DO";
    private const string Disable = "#pragma warning " + "disable";

    [Fact]
    public void Size_TooManyLines_AreFound()
    {
        SourceFile limit = File("a.cs", string.Concat(Enumerable.Repeat("// x\n", TextRules.LinesMax)));
        SourceFile tooLong = File("b.cs", string.Concat(Enumerable.Repeat("// x\n", TextRules.LinesMax + 1)));
        AssertFinds(TextRules.Size(limit));
        AssertFinds(TextRules.Size(tooLong), ("b.cs", 0, $"has {TextRules.LinesMax + 1} lines"));
    }

    [Fact]
    public void Size_TooWideLine_IsFound()
    {
        string limit = new('x', TextRules.ColumnsMax);
        SourceFile file = File("a.cs", $"{limit}\n{limit}x\n");
        AssertFinds(TextRules.Size(file), ("a.cs", 2, $"has {TextRules.ColumnsMax + 1} columns"));
    }

    [Fact]
    public void Todo_WithoutIssue_IsFound()
    {
        SourceFile file = File("a.cs", $"// {Todo}: later\n// {Todo}(#12): later\n// {"FIX" + "ME"}\nint todo;\n");
        AssertFinds(TextRules.Todo(file), ("a.cs", 1, "names no issue"), ("a.cs", 3, "names no issue"));
    }

    [Fact]
    public void Pragma_WithoutReason_IsFound()
    {
        SourceFile file = File("a.cs", $"""
            {Disable} CS0001
            int a;
            {Disable} CS0001 // The field is set by native code.
            // The field is set by native code.
            {Disable} CS0001
            """);
        AssertFinds(TextRules.Pragma(file), ("a.cs", 1, "without a reason"));
    }

    [Theory]
    [InlineData("cd /" + "work/gyre")]
    [InlineData("see \"/" + "tmp/x\"")]
    [InlineData("ls /" + "root")]
    [InlineData("at /" + "home/me/gyre")]
    [InlineData(@"in C:\" + @"Users\me")]
    [InlineData("from https://api." + "nuget" + ".org/v3")]
    public void MachinePath_InText_IsFound(string line)
    {
        SourceFile file = File("a.md", $"fine\n{line}\n");
        AssertFinds(TextRules.MachinePath(file), ("a.md", 2, "names a path or a host"));
    }

    [Theory]
    [InlineData("https://example.org/work/item")]
    [InlineData("network/home/page and net/work")]
    [InlineData("the root/leaf, a /worker, /etc/hosts")]
    public void MachinePath_InnocentText_Passes(string line) => AssertFinds(TextRules.MachinePath(File("a.md", line)));
}
