using static Gyre.Architecture.Tests.RuleTesting;

namespace Gyre.Architecture.Tests;

public class CodeRuleTests
{
    [Fact]
    public void StaticNames_WrongPrefix_IsFound()
    {
        SourceFile file = File("a.cs", """
            class A
            {
                private static int _plain;
                private static readonly int Pascal;
                [ThreadStatic] private static int s_perThread;
                private static int t_shared;
                private static int s_good;
                [ThreadStatic] private static int t_good;
                private const int Constant = 1;
                internal static readonly int Shared = 1;
                private int _instance;
            }
            """);
        AssertFinds(
            CodeRules.StaticNames(file),
            ("a.cs", 3, "private static field _plain is not named s_camel"),
            ("a.cs", 4, "private static field Pascal is not named s_camel"),
            ("a.cs", 5, "thread-static field s_perThread is not named t_camel"),
            ("a.cs", 6, "private static field t_shared is not named s_camel"));
    }

    [Fact]
    public void EmptyCatch_WithoutComment_IsFound()
    {
        SourceFile file = File("a.cs", """
            class A
            {
                void M()
                {
                    try { } catch (IOException) { }
                    try { }
                    catch (IOException)
                    {
                        // The peer is gone, and so is what we wanted to tell it.
                    }
                }
            }
            """);
        AssertFinds(CodeRules.EmptyCatch(file), ("a.cs", 5, "drops an exception"));
    }

    [Fact]
    public void NotImplemented_Thrown_IsFound()
    {
        SourceFile file = File("a.cs", "class A { void M() => throw new NotImplementedException(); }");
        AssertFinds(CodeRules.NotImplemented(file), ("a.cs", 1, "is a stub"));
    }
}
