using static Gyre.Architecture.Tests.RuleTesting;

namespace Gyre.Architecture.Tests;

public class GuaranteesRuleTests
{
    private static readonly SourceFile s_page = File("docs/page.md", """
        # Guarantees
        - **G-1** The first.
        - **G-2** The second, which nobody proves.
        - **G-1** The first once more.
        """);

    [Fact]
    public void Check_ClauseWithoutTestDoubleNumberAndUnknownCitation_AreFound()
    {
        SourceFile tests = File("tests/Some.Tests/SomeTests.cs", """
            class SomeTests
            {
                /// <summary>Guarantee G-1.</summary>
                [Fact]
                public void Some_Condition_Outcome() { }

                /// <summary>Guarantee G-2, but this is no test.</summary>
                public void Helper() { }
            }
            """);
        SourceFile source = File("src/Gyre/Some.cs", """
            /// <summary>Guarantees G-2 and G-7.</summary>
            class Some;
            """);
        AssertFinds(
            GuaranteesRule.Check(s_page, [s_page, tests, source]),
            ("docs/page.md", 3, "no test cites G-2"),
            ("docs/page.md", 4, "G-1 is a clause already, in line 2"),
            ("src/Gyre/Some.cs", 1, "G-7 is no clause"));
    }

    [Fact]
    public void Check_CheckOfAnExportedContract_IsATest()
    {
        SourceFile page = File("docs/page.md", "- **G-1** The first.");
        SourceFile contract = File("src/Gyre.Testing/Contract.cs", """
            class Contract
            {
                /// <summary>Guarantee G-1.</summary>
                [Clause("It holds.")]
                internal void Some_Condition_Outcome() { }
            }
            """);
        AssertFinds(GuaranteesRule.Check(page, [page, contract]));
    }
}
