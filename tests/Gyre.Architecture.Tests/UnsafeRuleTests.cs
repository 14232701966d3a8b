using static Gyre.Architecture.Tests.RuleTesting;

namespace Gyre.Architecture.Tests;

public class UnsafeRuleTests
{
    [Fact]
    public void Check_UnsafeOrImportElsewhere_IsFound()
    {
        SourceFile file = File("src/Gyre/Loop/Bad.cs", """
            public partial class Bad
            {
                public unsafe void Method() { }
                public void Block()
                {
                    unsafe { }
                }
                [DllImport("libc")] public static extern int getpid();
                [System.Runtime.InteropServices.LibraryImport("libc")] public static partial int getppid();
            }
            """);
        AssertFinds(
            UnsafeRule.Check(file),
            (file.Path, 3, "unsafe code outside"),
            (file.Path, 6, "unsafe code outside"),
            (file.Path, 8, "DllImport outside"),
            (file.Path, 9, "LibraryImport outside"));
    }

    [Fact]
    public void Check_UnsafeInPollingWithoutReason_IsFound()
    {
        SourceFile file = File("src/Gyre.Polling/Bad.cs", """
            public class Bad
            {
                public unsafe void Method()
                {
                    int a = 1;
                    int b = 2;
                    int c = 3;
                    int d = 4;
                    // SAFETY: ok
                    unsafe
                    {
                    }
                }
            }
            """);
        AssertFinds(UnsafeRule.Check(file), (file.Path, 3, "without a comment"), (file.Path, 10, "without a comment"));
    }

    [Fact]
    public void Check_UnsafeInPollingWithReason_Passes()
    {
        SourceFile file = File("src/Gyre.Polling/Good.cs", """
            public partial class Good
            {
                /// <summary>A method.</summary>
                // SAFETY: the events live on this frame until the call returns.
                [SkipLocalsInit]
                public unsafe void Method() { }

                public void Block()
                {
                    // SAFETY: the index is masked, and the ring is mapped until Dispose.
                    unsafe
                    {
                    }
                }

                [LibraryImport("libc")] private static unsafe partial int read(int fd, byte* buffer, nint count);
            }
            """);
        AssertFinds(UnsafeRule.Check(file));
    }
}
