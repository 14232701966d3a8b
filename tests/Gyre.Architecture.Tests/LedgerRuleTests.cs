using static Gyre.Architecture.Tests.RuleTesting;

namespace Gyre.Architecture.Tests;

public class LedgerRuleTests
{
    private static readonly SourceFile s_page = File("docs/page.md", """
        | CPython file | portable | pinned | not applicable | open |
        |---|---|---|---|---|
        | [test_a.py](#test_apy) | 5 | 2 | 1 | 1 |
        | [test_c.py](#test_cpy) | 1 | 1 | 0 | 0 |

        ## test_a.py

        | CPython test | Gyre test or reason |
        |---|---|
        | ATests.test_one | `SomeTests.One_Condition_Outcome`, `SomeTests.Helper` |
        | ATests.test_one | `OtherTests.One_Condition_Outcome` |
        | ATests.test_two | - why |
        | ATests.test_three | open: what, cited by `SomeTests.One_Condition_Outcome` |
        | ATests.test_four |  |

        ## test_b.py

        | CPython test | Gyre test or reason |
        |---|---|
        | ATests.test_five | - A reason that says something, with a `Name`. |
        """);

    private static readonly SourceFile s_tests = File("tests/Some.Tests/SomeTests.cs", """
        class SomeTests
        {
            [Fact]
            public void One_Condition_Outcome() { }

            public void Helper() { }
        }
        """);

    [Fact]
    public void Complete_MissingTwiceAndUnknown_AreFound() => AssertFinds(
        LedgerRule.Complete(s_page,
        [
            "test_a.py ATests.test_one", "test_a.py ATests.test_two", "test_a.py ATests.test_three",
            "test_a.py ATests.test_four", "test_a.py ATests.test_five",
        ]),
        ("docs/page.md", 11, "ATests.test_one has a row already, in line 10"),
        ("docs/page.md", 20, "test_b.py ATests.test_five is not among"),
        ("docs/page.md", 0, "test_a.py ATests.test_five has no row"));

    [Fact]
    public void Answered_NoAnswerNoReasonAndNoTest_AreFound() => AssertFinds(
        LedgerRule.Answered(s_page, [s_page, s_tests]),
        ("docs/page.md", 10, "SomeTests.Helper is no test"),
        ("docs/page.md", 11, "OtherTests.One_Condition_Outcome is no test"),
        ("docs/page.md", 12, "does not say why"),
        ("docs/page.md", 14, "ATests.test_four has no answer"));

    [Fact]
    public void Summary_WrongNumbersMissingAndUnknownFiles_AreFound() => AssertFinds(
        LedgerRule.Summary(s_page),
        ("docs/page.md", 3, "test_a.py counts | 5 | 3 | 1 | 1 |"),
        ("docs/page.md", 4, "test_c.py has no section"),
        ("docs/page.md", 0, "test_b.py is not in the summary"));
}
